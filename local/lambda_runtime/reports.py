"""PURE: what Lambda measures of initialisations and invocations, before it is written as text or JSON."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class InitType(StrEnum):
    """Why a sandbox is initialised (AWS_LAMBDA_INITIALIZATION_TYPE).

    ON_DEMAND: an invocation found no free sandbox and waits for this one.
    PROVISIONED: the function has provisioned concurrency; no invocation waits.
    """

    ON_DEMAND = "on-demand"
    PROVISIONED = "provisioned-concurrency"


class Phase(StrEnum):
    """When an initialisation runs.

    INIT: in the init phase, before the invocation.
    INVOKE: again, inside the first invocation and on its time, because the one of the init phase failed.
    """

    INIT = "init"
    INVOKE = "invoke"


@dataclass(frozen=True, slots=True)
class InitReport:
    """One initialisation. `error_type` is None where it succeeded or where the failure is the time it took."""

    init_type: InitType
    phase: Phase
    duration_ms: float
    status: Literal["success", "error", "timeout"] = "success"
    error_type: str | None = None


@dataclass(frozen=True, slots=True)
class TraceContext:
    """Where an invocation stands in its trace: `segment_id` is that of AWS::Lambda::Function."""

    trace_id: str
    segment_id: str
    sampled: bool

    @property
    def header(self) -> str:
        return f"Root={self.trace_id};Parent={self.segment_id};Sampled={int(self.sampled)}"


@dataclass(frozen=True, slots=True)
class Report:
    """One invocation. Durations in ms, memory in MB.

    `status` is None where Lambda's text report says none: the function returned, or its handler raised.
    """

    request_id: str
    duration_ms: float
    memory_mb: int
    used_mb: int
    init_ms: float | None = None
    status: Literal["success", "error", "timeout"] = "success"
    error_type: str | None = None
    handler_raised: bool = False
    produced_bytes: int = 0
    trace: TraceContext | None = None

    @property
    def failed(self) -> bool:
        """Whether it counts among AWS/Lambda's Errors."""
        return self.status != "success" or self.handler_raised

    @property
    def billed_ms(self) -> int:
        """Whole milliseconds, rounded up; since 2025-08-01 the initialisation is billed on managed runtimes too."""
        return math.ceil(round(self.duration_ms + (self.init_ms or 0.0), 2))
