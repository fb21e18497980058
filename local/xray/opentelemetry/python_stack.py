"""PURE: a Python traceback -> the exceptions in it, each with its stack, innermost frame first."""

import re
from collections.abc import Callable
from typing import Any

_FRAME = re.compile(r'  File "(?P<path>[^,]*)", line (?P<line>\d+), in (?P<label>[^,]*)')
_CHAINED = "During handling of the above exception, another exception occurred:"


def with_stack(first: dict[str, Any], traceback: str, new_id: Callable[[str], str]) -> list[dict[str, Any]]:
    """`first` is what the traceback ends with; the others are those that it was raised in the handling of. `new_id`
    makes an id from another.
    """
    lines = traceback.rstrip("\n").split("\n")
    exceptions = [{**first, "stack": list[dict[str, Any]]()}]
    place = len(lines) - 2  # the last line is the exception itself
    while place >= 0:
        if frame := _FRAME.fullmatch(lines[place]):
            found = {"path": frame["path"], "line": int(frame["line"]), "label": frame["label"]}
            exceptions[-1]["stack"].append(found)
        elif lines[place].startswith(_CHAINED):
            place = _last_frame(lines, place)
            before = _before(lines, place, exceptions[-1], new_id)
            if before is None:
                break
            exceptions[-1]["cause"] = before["id"]
            exceptions.append(before)
            continue
        place -= 1
    return exceptions


def _last_frame(lines: list[str], place: int) -> int:
    """The last line of a frame before `place`; -1 where there is none."""
    return next((at for at in range(place - 1, -1, -1) if lines[at].startswith("  File ")), -1)


def _before(lines: list[str], frame: int, after: dict[str, Any], new_id: Callable[[str], str]) -> dict[str, Any] | None:
    """The exception whose innermost frame is at `frame`; its message starts two lines below, and ends with a blank."""
    if frame < 0:
        return None
    said: list[str] = []
    for line in lines[frame + 2 :]:
        if line.startswith(_CHAINED):
            break
        said.append(line)
    kind, colon, message = "\n".join(said).rstrip("\n").partition(":")
    if not colon:
        return None
    return {
        "id": new_id(after["id"]),
        "type": kind,
        "message": message.removeprefix(" "),
        "remote": after["remote"],
        "stack": [],
    }
