"""PURE: one request that a user made, as the run remembers it and as a ledger's line keeps it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from load_tests.answer import Answer
from load_tests.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Made:
    """`at`: seconds since the epoch when it was sent. `ms`: until its answer was whole. `status`: 0 without one."""

    at: float
    method: str
    route: str
    status: int
    outcome: Outcome
    ms: float
    correlation_id: str
    trace_id: str | None
    sampled: bool
    handler_ms: float | None
    init_ms: float | None

    @classmethod
    def of(cls, answer: Answer, **rest: Any) -> Self:
        return cls(
            trace_id=answer.trace_id,
            sampled=answer.sampled,
            handler_ms=answer.handler_ms,
            init_ms=answer.init_ms,
            **rest,
        )

    @property
    def cold(self) -> bool:
        return self.init_ms is not None

    def row(self) -> dict[str, Any]:
        """What JSON and Locust's messages between processes carry."""
        return asdict(self)

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        return cls(**{**row, "outcome": Outcome(row["outcome"])})

    def line(self) -> str:
        return json.dumps(self.row(), separators=(",", ":"))

    @classmethod
    def from_line(cls, line: str) -> Self:
        return cls.from_row(json.loads(line))
