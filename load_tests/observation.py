"""PURE: one request, as its client, Lambda's REPORT and the service's line saw it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self

from load_tests.errors import ReportError


class Outcome(StrEnum):
    """What became of a request.

    ANSWERED: it got the answer it asked for, a 4XX too.
    FAULT: a 5XX, or an invocation that died.
    TIMEOUT: Lambda killed it at the function's timeout, or API Gateway hung up before.
    THROTTLED: Lambda had no sandbox for it.
    LOST: no answer came over HTTP.
    """

    ANSWERED = "answered"
    FAULT = "fault"
    TIMEOUT = "timeout"
    THROTTLED = "throttled"
    LOST = "lost"


class Phase(StrEnum):
    """When a request was sent.

    COLD: alone, to start a sandbox.
    WARM_UP: in the first seconds of the load, while as many sandboxes start as it needs: as after every deployment.
    LOAD: in the load that counts.
    """

    COLD = "cold"
    WARM_UP = "warm-up"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class Observation:
    """Times in ms, memory in MB, `at_s` in seconds since the epoch.

    None is what nobody said: `duration_ms` and its neighbours where no REPORT was found, `client_ms` where the request
    wasn't ours. `init_ms` is None for a warm one. `route` is empty where the service leaves no line that tells it.
    """

    phase: Phase
    outcome: Outcome
    route: str
    at_s: float
    client_ms: float | None = None
    status: int | None = None
    duration_ms: float | None = None
    billed_ms: int | None = None
    init_ms: float | None = None
    used_mb: int | None = None

    @property
    def lambda_ms(self) -> float | None:
        """Initialisation and handler together: what a client waits for in Lambda."""
        return None if self.duration_ms is None else self.duration_ms + (self.init_ms or 0.0)


COLUMNS = tuple(field.name for field in fields(Observation))


def to_table(observations: Sequence[Observation]) -> dict[str, list[Any]]:
    """Columns: a report.json of 10,000 requests stays below 1 MB."""
    rows = [asdict(one) for one in observations]
    return {name: [row[name] for row in rows] for name in COLUMNS}


def from_table(table: Mapping[str, Any]) -> list[Observation]:
    """Raises ReportError."""
    try:
        return [_read(dict(zip(COLUMNS, row, strict=True))) for row in zip(*(table[c] for c in COLUMNS), strict=True)]
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(f"observations are no table of {', '.join(COLUMNS)}: {error}") from None


def _read(row: dict[str, Any]) -> Observation:
    return Observation(**{**row, "phase": Phase(row["phase"]), "outcome": Outcome(row["outcome"])})


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a step sets. Memory in MB, timeout in seconds; None leaves concurrency as it was found."""

    memory_mb: int
    timeout_s: int
    reserved: int | None = None
    provisioned: int | None = None

    @property
    def name(self) -> str:
        return f"{self.variant}, {self.timeout_s} s"

    @property
    def variant(self) -> str:
        """All but the timeout, which changes nothing for a request that ends before it."""
        reserved = "" if self.reserved is None else f", reserved {self.reserved}"
        provisioned = "" if self.provisioned is None else f", provisioned {self.provisioned}"
        return f"{self.memory_mb} MB{reserved}{provisioned}"

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Self:
        """Raises ReportError."""
        try:
            return cls(**{field.name: found[field.name] for field in fields(cls)})
        except (KeyError, TypeError) as error:
            raise ReportError(f"{found!r} is no configuration: {error}") from None


@dataclass(frozen=True, slots=True)
class Step:
    """One configuration and what was measured with it. `metrics` are CloudWatch's of the minutes that it took."""

    configuration: Configuration
    observations: tuple[Observation, ...]
    metrics: Mapping[str, float]
    missing_reports: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "configuration": asdict(self.configuration),
            "observations": to_table(self.observations),
            "metrics": dict(self.metrics),
            "missing_reports": self.missing_reports,
            "seconds": self.seconds,
        }

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Self:
        """Raises ReportError."""
        try:
            return cls(
                Configuration.read(found["configuration"]),
                tuple(from_table(found["observations"])),
                dict(found["metrics"]),
                int(found["missing_reports"]),
                float(found["seconds"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ReportError(f"a step lacks {error}, or has another type there") from None
