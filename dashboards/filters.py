"""Metrics that no wide line can say, made from what Lambda itself writes into the log group. PURE data.

A request that is killed leaves no line of its own. Lambda's record of it stays: `platform.report` says how the
invocation ended and the most memory it held, `platform.initReport` that the function could not start. (Lambda developer
guide, "Lambda Telemetry API Event schema reference"; JSON log format, system log level INFO.)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboards import limits
from dashboards.errors import BoardError
from dashboards.origin import here
from dashboards.patterns import Is, IsNot, Pattern, every, some
from observability.catalogue import Unit


@dataclass(frozen=True)
class LogFilter:
    """A metric made of log lines: `value` for each line that the pattern matches; `otherwise`, once a minute, where
    lines came and none matched (then the alarm knows "none" from "nothing known").

    CloudWatch takes no constant for a dimension here, so these have none: the namespace is the stage's own. Raises
    BoardError.
    """

    name: str
    unit: Unit
    meaning: str
    pattern: Pattern
    value: str = "1"
    otherwise: int | None = 0
    origin: str = field(default_factory=here, compare=False)

    def __post_init__(self) -> None:
        if len(self.pattern.text()) + len("{  }") > limits.FILTER_CHARACTERS.most:
            limit = limits.FILTER_CHARACTERS
            raise BoardError(self.origin, f"{self.name}: over {limit.most} {limit.unit} ({limit.source})")


_REPORT = Is("$.type", "platform.report")

TIMEOUTS = LogFilter(
    "FunctionTimeouts",
    Unit.COUNT,
    "invocations that Lambda stopped at the function's timeout",
    every(_REPORT, Is("$.record.status", "timeout")),
)
CRASHES = LogFilter(
    "FunctionCrashes",
    Unit.COUNT,
    "invocations whose process died (out of memory, exit, signal) or whose handler raised",
    every(_REPORT, some(Is("$.record.status", "error"), Is("$.record.status", "failure"))),
)
INIT_ERRORS = LogFilter(
    "FunctionInitErrors",
    Unit.COUNT,
    "starts that failed: an import, a setting, Lambda's ten seconds",
    every(Is("$.type", "platform.initReport"), IsNot("$.record.status", "success")),
)
PEAK_MEMORY = LogFilter(
    "FunctionPeakMemory",
    Unit.MEGABYTES,
    "the most memory the sandbox has held, as Lambda measures it: all processes, between requests too",
    _REPORT,
    value="$.record.metrics.maxMemoryUsedMB",
    otherwise=None,
)

ALL: tuple[LogFilter, ...] = (TIMEOUTS, CRASHES, INIT_ERRORS, PEAK_MEMORY)
