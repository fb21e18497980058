"""PURE: Lambda's own lines in the text log format.

Each method gives the lines that Lambda writes at one moment, without their line ends. Source: the AWS pages
"Sending Lambda function logs to CloudWatch Logs", "Understanding the Lambda execution environment lifecycle".
"""

from local.lambda_runtime.failures import Failure
from local.lambda_runtime.function import FunctionConfig
from local.lambda_runtime.instants import iso_milliseconds
from local.lambda_runtime.reports import InitReport, InitType, Report, TraceContext


class TextPlatformLog:
    def __init__(self, config: FunctionConfig, runtime_version: str) -> None:
        self._version = config.version
        self._arn = f"arn:aws:lambda:{config.region}::runtime:local"
        self._runtime_version = runtime_version

    def init_start(self, _now: float, _init_type: InitType) -> list[str]:
        return [f"INIT_START Runtime Version: {self._runtime_version}\tRuntime Version ARN: {self._arn}"]

    def init_report(self, _now: float, report: InitReport) -> list[str]:
        """Only failures are reported: a success shows as the Init Duration of REPORT."""
        if report.status == "success":
            return []
        line = f"INIT_REPORT Init Duration: {report.duration_ms:.2f} ms\tPhase: {report.phase}\tStatus: {report.status}"
        return [f"{line}\tError Type: {report.error_type}" if report.error_type else line]

    def start(self, _now: float, request_id: str, _trace: TraceContext | None) -> list[str]:
        return [f"START RequestId: {request_id} Version: {self._version}"]

    def failure(self, now: float, failure: Failure) -> list[str]:
        if failure.log_line is None:
            return []
        stamp = f"{iso_milliseconds(now)} " if failure.status == "timeout" else ""
        return [stamp + failure.log_line]

    def report(self, _now: float, report: Report) -> list[str]:
        return [f"END RequestId: {report.request_id}", _report_line(report)]


def _report_line(report: Report) -> str:
    fields = [
        f"REPORT RequestId: {report.request_id}",
        f"Duration: {report.duration_ms:.2f} ms",
        f"Billed Duration: {report.billed_ms} ms",
        f"Memory Size: {report.memory_mb} MB",
        f"Max Memory Used: {report.used_mb} MB",
    ]
    if report.init_ms is not None:
        fields.append(f"Init Duration: {report.init_ms:.2f} ms")
    if report.status == "success" or report.handler_raised:
        fields.append("")
    else:
        fields.append(f"Status: {report.status}")
    if report.status == "error" and not report.handler_raised:
        fields.append(f"Error Type: {report.error_type}")
    line = "\t".join(fields)
    if report.trace is None:
        return line
    trace, sampled = report.trace, str(report.trace.sampled).lower()
    return f"{line}\nXRAY TraceId: {trace.trace_id}\tSegmentId: {trace.segment_id}\tSampled: {sampled}\t"
