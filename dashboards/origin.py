"""Where a widget, alarm or query was written: the file and line that a failure names."""

from __future__ import annotations

import inspect
from pathlib import Path

_BUILDERS = frozenset(
    {"<string>", "alarms.py", "dashboard.py", "filters.py", "layout.py", "measures.py", "objectives.py", "origin.py"}
    | {"patterns.py", "platform.py", "saved.py", "widgets.py"}
)
"""The files whose functions are called to write something down: what called them is the origin. A dataclass's own
__init__ is in <string>."""


def here() -> str:
    """`file.py:line` of the innermost caller outside this room's builders."""
    frame = inspect.currentframe()
    while frame is not None and _is_builder(frame.f_code.co_filename):
        frame = frame.f_back
    return "?" if frame is None else f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


def _is_builder(filename: str) -> bool:
    path = Path(filename)
    return filename == "<string>" or (path.name in _BUILDERS and path.parent == Path(__file__).parent)
