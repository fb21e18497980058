"""PURE: what Lambda itself writes into a log stream, in the function's log format."""

from typing import Protocol

from local.lambda_runtime.failures import Failure
from local.lambda_runtime.function import FunctionConfig
from local.lambda_runtime.platform_json import JsonPlatformLog
from local.lambda_runtime.platform_text import TextPlatformLog
from local.lambda_runtime.reports import InitReport, InitType, Report, TraceContext


class PlatformLog(Protocol):
    """Each method gives the lines of one moment; `now` is seconds since the epoch."""

    def init_start(self, now: float, init_type: InitType, /) -> list[str]: ...

    def init_report(self, now: float, report: InitReport, /) -> list[str]: ...

    def start(self, now: float, request_id: str, trace: TraceContext | None, /) -> list[str]: ...

    def failure(self, now: float, failure: Failure, /) -> list[str]: ...

    def report(self, now: float, report: Report, /) -> list[str]: ...


def platform_log(config: FunctionConfig) -> PlatformLog:
    runtime_version = f"{config.runtime.replace('python', 'python:', 1)}.local"
    if config.log_format == "JSON":
        return JsonPlatformLog(config, runtime_version)
    return TextPlatformLog(config, runtime_version)
