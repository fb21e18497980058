"""The X-Ray segments that Lambda itself writes of an invocation.

Two of them: AWS::Lambda (the service took the request) and below it AWS::Lambda::Function (the function worked), with
the subsegments Initialization (cold starts), Invocation and Overhead. Source: the AWS pages "Visualize Lambda function
invocations using AWS X-Ray" and "AWS X-Ray segment documents".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.lambda_runtime.failures import Failure
from local.lambda_runtime.function import FunctionConfig
from local.lambda_runtime.reports import TraceContext
from local.xray.trace_header import TraceHeader, new_segment_id

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """An invocation's place in a trace: below `parent_id`, its service segment, and below that its function segment."""

    trace_id: str
    parent_id: str | None
    service_id: str
    function_id: str
    sampled: bool

    @property
    def context(self) -> TraceContext:
        return TraceContext(self.trace_id, self.function_id, self.sampled)


@dataclass(frozen=True, slots=True)
class Times:
    """When it happened, in seconds since the epoch; `init` is (start, end) of an initialisation that was waited for."""

    received: float
    started: float
    answered: float
    ended: float
    init: tuple[float, float] | None = None


def open_trace(header: str | None, epoch_s: float) -> Trace:
    """The trace that the caller's header continues, or a new one. An open sampling decision is a yes."""
    incoming = TraceHeader.read(header, epoch_s)
    return Trace(
        trace_id=incoming.root,
        parent_id=incoming.parent,
        service_id=new_segment_id(),
        function_id=new_segment_id(),
        sampled=incoming.sampled is not False,
    )


def passed_through(header: str | None, epoch_s: float) -> str:
    """The header for a function without active tracing: the caller's own, not sampled where the caller didn't ask."""
    incoming = TraceHeader.read(header, epoch_s)
    return str(TraceHeader(incoming.root, incoming.parent or new_segment_id(), sampled=incoming.sampled is True))


def invocation_segments(
    config: FunctionConfig, trace: Trace, request_id: str, times: Times, failure: Failure | None
) -> tuple[Document, Document]:
    """The AWS::Lambda and the AWS::Lambda::Function segment of an invocation that ended."""
    service = _service(config, trace, request_id, times, 200) | _flags(failure)
    function = {
        "id": trace.function_id,
        "trace_id": trace.trace_id,
        "parent_id": trace.service_id,
        "name": config.name,
        "origin": "AWS::Lambda::Function",
        "start_time": times.started if times.init is None else times.init[0],
        "end_time": times.ended,
        "aws": {"function_arn": config.arn, "request_id": request_id, "account_id": config.account_id},
        "subsegments": _subsegments(config, times, failure),
        **_flags(failure),
        **_cause(failure),
    }
    return service, function


def throttle_segment(config: FunctionConfig, trace: Trace, request_id: str, epoch_s: float) -> Document:
    """The AWS::Lambda segment of an invocation that reserved concurrency refused."""
    times = Times(epoch_s, epoch_s, epoch_s, epoch_s)
    return _service(config, trace, request_id, times, 429) | {"error": True, "throttle": True}


def _service(config: FunctionConfig, trace: Trace, request_id: str, times: Times, status: int) -> dict[str, Any]:
    return {
        "id": trace.service_id,
        "trace_id": trace.trace_id,
        **({} if trace.parent_id is None else {"parent_id": trace.parent_id}),
        "name": config.name,
        "origin": "AWS::Lambda",
        "start_time": times.received,
        "end_time": times.ended,
        "http": {"response": {"status": status}},
        "aws": {"request_id": request_id},
        "resource_arn": config.arn,
    }


def _subsegments(config: FunctionConfig, times: Times, failure: Failure | None) -> list[dict[str, Any]]:
    spans = [] if times.init is None else [_subsegment(config, "Initialization", *times.init)]
    spans.append(_subsegment(config, "Invocation", times.started, times.answered) | _flags(failure))
    spans.append(_subsegment(config, "Overhead", times.answered, times.ended))
    return spans


def _subsegment(config: FunctionConfig, name: str, start: float, end: float) -> dict[str, Any]:
    aws = {"function_arn": config.arn}
    return {"id": new_segment_id(), "name": name, "start_time": start, "end_time": end, "aws": aws}


def _flags(failure: Failure | None) -> dict[str, bool]:
    return {} if failure is None else {"fault": True}


def _cause(failure: Failure | None) -> dict[str, Any]:
    """The exceptions as the runtime client posted them, else one with the failure's own words."""
    if failure is None:
        return {}
    if isinstance(failure.cause, dict) and failure.cause:
        return {"cause": failure.cause}
    exception = {"id": new_segment_id(), "type": failure.error_type, "message": failure.message}
    return {"cause": {"exceptions": [exception]}}
