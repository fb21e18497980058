"""What stands for a request where there is none."""

from __future__ import annotations

from observability.record import Record


class NoRecord(Record):
    """Outside a request: every call does nothing."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(_Nobody(), _Nobody(), "", cold_start=False)

    def _open(self) -> bool:
        return False

    def failed(self, what: str, error: BaseException | None = None, *, times: int = 1) -> None: ...


class _Nobody:
    """Opened no record, and has no time."""

    def span_id(self) -> str:
        return ""

    def late(self) -> None: ...

    def wall(self) -> float:
        return 0.0

    monotonic = wall
