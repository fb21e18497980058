"""PURE: where a dashboard's widgets are on its 24 columns.

Source: AWS page "Dashboard body structure and syntax", "Widgets array structure": width and height are 6 unless given,
and a widget without a position takes the next one that is free.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS = 24
DEFAULT_SIZE = 6


@dataclass(frozen=True, slots=True)
class Box:
    """In grid units, from the top left corner."""

    x: int
    y: int
    width: int
    height: int

    def meets(self, other: "Box") -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


def lay_out(widgets: Sequence[Mapping[str, Any]]) -> list[Box]:
    """A box for each, in their order."""
    boxes: list[Box] = []
    for widget in widgets:
        width = min(int(widget.get("width", DEFAULT_SIZE)), COLUMNS)
        height = int(widget.get("height", DEFAULT_SIZE))
        if "x" in widget and "y" in widget:
            x = min(int(widget["x"]), COLUMNS - width)
            boxes.append(Box(x, int(widget["y"]), width, height))
        else:
            boxes.append(_next_free(boxes, width, height))
    return boxes


def _next_free(boxes: Sequence[Box], width: int, height: int) -> Box:
    """The first place, row by row, at which nothing stands."""
    rows = sorted({0, *(box.y for box in boxes), *(box.y + box.height for box in boxes)})
    for y in rows:
        for x in range(COLUMNS - width + 1):
            box = Box(x, y, width, height)
            if not any(box.meets(other) for other in boxes):
                return box
    return Box(0, rows[-1], width, height)
