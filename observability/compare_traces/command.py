"""The command: reads two files, prints what differs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from observability.compare_traces.differences import differences
from observability.compare_traces.errors import RecordingError
from observability.compare_traces.recording import read
from observability.compare_traces.trees import trees

if TYPE_CHECKING:
    from observability.compare_traces.trees import Node

__all__ = ["DESCRIPTION", "compare_traces"]

SAME, DIFFERENT, UNUSABLE = 0, 1, 2
DESCRIPTION = """Compares two recordings of the same requests: names, nesting, namespaces, annotations, http, aws and
sql blocks, error, fault and throttle flags, exceptions. Not compared: times, ids, stacks, metadata, the order of
spans below one parent. Each line of a file is an X-Ray document or an OTLP request in JSON; a file may have both.
Traces are compared in the order in which they began. Exits with 0: the same; 1: differences, printed; 2: a file that
can't be used, named."""


def compare_traces(a: str, b: str, ignored: list[str]) -> int:
    """The exit status."""
    try:
        found = differences(_trees(a), _trees(b), frozenset(ignored))
    except RecordingError as error:
        sys.stderr.write(f"{error}\n")
        return UNUSABLE
    for line in found:
        sys.stdout.write(f"{line}\n")
    return DIFFERENT if found else SAME


def _trees(path: str) -> list[Node]:
    try:
        with open(path, encoding="utf-8") as lines:  # noqa: PTH123 (nothing of this package needs pathlib)
            return trees(read(path, lines))
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(path, str(error), "a text file that can be read") from error
