"""PURE: what Lambda measures of an invocation, before it becomes metrics."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Measured:
    """An invocation, or one that was throttled.

    `resource` is the function's name, with `:qualifier` where it was invoked with one; `time_ms` when it was invoked;
    `concurrency` how many ran at once, this one included. Of a pool with provisioned concurrency: `provisioned`
    whether it ran on it, `busy` and `allocated` how many of its sandboxes were busy, and how many there are.
    `executed_version` is the version that an alias gave it to, empty where it was invoked by no alias.
    """

    function: str
    resource: str
    time_ms: int
    concurrency: int
    duration_ms: float = 0.0
    failed: bool = False
    throttled: bool = False
    provisioned: bool = False
    busy: int = 0
    allocated: int = 0
    executed_version: str = ""


MeasureSink: TypeAlias = Callable[[Measured], None]
