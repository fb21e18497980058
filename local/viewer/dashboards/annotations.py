"""PURE: a metric widget's annotations -> lines and bands to draw.

Source: AWS page "Dashboard body structure and syntax", "Annotation properties". Of a band only its first edge says
colour, axis and whether it is visible; a hidden annotation is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Document = dict[str, Any]


def horizontal(annotations: Mapping[str, Any]) -> list[Document]:
    """`from` and `to` are values, none where the shading goes on; without `fill` both are the line itself."""
    return [
        {"axis": "right" if first.get("yAxis") == "right" else "left", **_band(first, edges, "above", "below", _number)}
        for first, edges in _visible(annotations.get("horizontal", ()))
    ]


def vertical(annotations: Mapping[str, Any]) -> list[Document]:
    """The same, in seconds since the epoch."""
    return [
        _band(first, edges, "after", "before", _seconds) for first, edges in _visible(annotations.get("vertical", ()))
    ]


def _visible(given: Sequence[Any]) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    for item in given:
        edges = item if isinstance(item, list) else [item]
        if edges and edges[0].get("visible", True) is not False:
            yield edges[0], edges


def _band(first: Mapping[str, Any], edges: Sequence[Mapping[str, Any]], up: str, down: str, read: Any) -> Document:
    lines = [{"at": read(edge["value"]), "label": edge.get("label", "")} for edge in edges]
    values = sorted(line["at"] for line in lines)
    fill = first.get("fill", "none")
    band: list[float | None] | None = None
    if len(values) == 2:
        band = [values[0], values[1]]
    elif fill == up:
        band = [values[0], None]
    elif fill == down:
        band = [None, values[0]]
    return {"lines": lines, "band": band, "color": first.get("color")}


def _number(value: Any) -> float:
    return float(value)


def _seconds(value: Any) -> float:
    at = datetime.fromisoformat(str(value))
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
