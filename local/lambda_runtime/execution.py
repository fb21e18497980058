"""One invocation in one sandbox, from its initialisation, where one is due, to its REPORT."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from local.lambda_runtime import failures
from local.lambda_runtime.failures import Failure
from local.lambda_runtime.function import FunctionConfig
from local.lambda_runtime.invocation import Invocation, InvokeResult, Outcome
from local.lambda_runtime.measured import Measured
from local.lambda_runtime.platform_log import platform_log
from local.lambda_runtime.reports import InitReport, InitType, Phase, Report
from local.lambda_runtime.sandbox import Event, Exited, Sandbox, Turn
from local.lambda_runtime.segments import Times, Trace, invocation_segments, open_trace, passed_through
from local.xray.documents import DocumentSink


class Undelivered(Exception):
    """The sandbox was gone before it took the invocation; nothing was reported."""


@dataclass(frozen=True, slots=True)
class Request:
    """An invocation as it came: when (seconds since the epoch), and its trace where the function is traced.

    `resource` is the name that it was invoked by, `executed_version` the version that an alias gave it to, `tail`
    whether the end of its log is wanted.
    """

    invocation: Invocation
    received: float
    trace: Trace | None
    resource: str = ""
    executed_version: str = ""
    tail: bool = False

    def measured(self, function: str, concurrency: int) -> Measured:
        """What is known of it before it runs. `concurrency` is how many run at once."""
        time_ms = int(self.received * 1000)
        return Measured(function, self.resource, time_ms, concurrency, executed_version=self.executed_version)


@dataclass(frozen=True, slots=True)
class Initialization:
    """How long an initialisation took, when (seconds since the epoch), and how it ended."""

    report: InitReport
    started: float
    ended: float
    event: Event

    @property
    def succeeded(self) -> bool:
        return self.event is Turn.READY


def new_request(  # noqa: PLR0913 - it is what Invoke takes
    config: FunctionConfig,
    payload: bytes,
    trace_header: str | None,
    client_context: str | None,
    qualifier: str | None = None,
    *,
    tail: bool = False,
) -> Request:
    """An invocation that comes now. `qualifier` is the version or alias that was asked for, if one was."""
    now = time.time()
    trace = open_trace(trace_header, now) if config.tracing else None
    header = passed_through(trace_header, now) if trace is None else trace.context.header
    below = f":{qualifier}" if qualifier else ""
    invocation = Invocation(str(uuid.uuid4()), payload, config.arn + below, header, client_context)
    executed_version = "" if qualifier in (None, config.version) else config.version
    return Request(invocation, now, trace, config.name + below, executed_version, tail)


async def initialize(sandbox: Sandbox, phase: Phase, limit_s: float) -> Initialization:
    """Boots the sandbox and reports it. Raises StartError."""
    lines = platform_log(sandbox.config)
    started, clock = time.time(), time.perf_counter()
    if phase is Phase.INIT:
        sandbox.log.put_platform(lines.init_start(started, sandbox.init_type))
    event = await sandbox.boot(limit_s)
    duration_ms = (time.perf_counter() - clock) * 1000
    report = _init_report(sandbox.init_type, phase, duration_ms, event)
    sandbox.drain()
    sandbox.log.put_platform(lines.init_report(time.time(), report))
    return Initialization(report, started, time.time(), event)


def _init_report(init_type: InitType, phase: Phase, duration_ms: float, event: Event) -> InitReport:
    if event is Turn.READY:
        return InitReport(init_type, phase, duration_ms)
    if event is Turn.TIMEOUT:
        return InitReport(init_type, phase, duration_ms, "timeout")
    return InitReport(init_type, phase, duration_ms, "error", _failure(event, "", 0).error_type)


async def execute(
    sandbox: Sandbox,
    request: Request,
    segments: DocumentSink,
    first: Initialization | None,
    ended: Callable[[Report], None],
) -> InvokeResult:
    """Runs the invocation. `first` is the initialisation that it waited for, if it did; `ended` hears of its end, which
    may come after the answer.

    A sandbox that is not alive after it has failed for good. Raises Undelivered.
    """
    await sandbox.finished()
    if first is None and not await sandbox.ready(sandbox.config.timeout_s):
        await sandbox.kill()
        raise Undelivered
    if sandbox.alive:
        await sandbox.throttle()
    return await _Execution(sandbox, request, segments, first, ended).run()


class _Execution:
    def __init__(
        self,
        sandbox: Sandbox,
        request: Request,
        segments: DocumentSink,
        first: Initialization | None,
        ended: Callable[[Report], None],
    ) -> None:
        self._sandbox = sandbox
        self._config = sandbox.config
        self._request = request
        self._request_id = request.invocation.request_id
        self._segments = segments
        self._ended = ended
        self._init = first
        self._init_ms = first.report.duration_ms if first is not None and first.succeeded else None
        self._lines = platform_log(sandbox.config)
        trace = request.trace
        self._trace = trace if trace is not None and trace.sampled else None
        self._started = time.time()
        self._clock = time.perf_counter()
        self._log_tail = b""

    async def run(self) -> InvokeResult:
        """The answer, as soon as there is one. What the function does after it is still the invocation's."""
        self._sandbox.log.begin(self._request_id, tail=self._request.tail)
        answer = await self._answer()
        answered, duration_ms = time.time(), self._duration_ms()
        if isinstance(answer, Failure) and not (answer.raised and self._sandbox.alive):
            report = self._report(answer, duration_ms)
            if report.status == "timeout":
                await self._sandbox.kill()
            else:  # the runtime client may have last words
                await self._sandbox.ready(self._config.timeout_s)
            self._end(answer, report, answered)
        else:
            self._sandbox.finish(self._finish(answer, answered))
            if self._request.tail:  # the log is asked for, to its end
                await self._sandbox.finished()
        return self._result(answer, duration_ms)

    async def _finish(self, answer: bytes | Failure, answered: float) -> None:
        """Lambda's invocation ends when the runtime client asks for the next one (Lambda developer guide, "Lambda
        execution environment lifecycle"), at its deadline, or with its process.
        """
        event = await self._sandbox.settled(self._started + self._config.timeout_s - time.time())
        failed = None if event is Turn.READY else _failure(event, self._request_id, self._config.timeout_s)
        report = self._report(failed or answer, self._duration_ms())
        if event is Turn.TIMEOUT:
            await self._sandbox.kill()
        self._end(failed or answer, report, answered)

    def _end(self, answer: bytes | Failure, report: Report, answered: float) -> None:
        self._write(answer, report)
        self._trace_it(answer, answered)
        self._log_tail = self._sandbox.log.end()
        self._ended(report)

    def _duration_ms(self) -> float:
        return min(time.perf_counter() - self._clock, self._config.timeout_s) * 1000

    async def _answer(self) -> bytes | Failure:
        timeout_s = self._config.timeout_s
        event: Event = Turn.READY
        if not self._sandbox.alive:  # its initialisation failed: it is run again, on this invocation's time
            self._init = await initialize(self._sandbox, Phase.INVOKE, timeout_s)
            event = self._init.event
        context = self._trace.context if self._trace is not None else None
        self._sandbox.log.put_platform(self._lines.start(time.time(), self._request_id, context))
        if event is Turn.READY:
            event = await self._sandbox.serve(self._request.invocation, self._started + timeout_s)
        return event if isinstance(event, bytes) else _failure(event, self._request_id, timeout_s)

    def _report(self, answer: bytes | Failure, duration_ms: float) -> Report:
        memory_mb = self._config.memory_mb
        failure = answer if isinstance(answer, Failure) else None
        short_of_memory = failure is not None and failure.outcome is Outcome.OUT_OF_MEMORY
        return Report(
            request_id=self._request_id,
            duration_ms=duration_ms,
            memory_mb=memory_mb,
            used_mb=memory_mb if short_of_memory else self._sandbox.peak_mb,
            init_ms=self._init_ms,
            status="success" if failure is None else failure.status,
            error_type=None if failure is None else failure.error_type,
            handler_raised=failure is not None and failure.raised and self._sandbox.alive,
            produced_bytes=len(answer) if isinstance(answer, bytes) else 0,
            trace=None if self._trace is None else self._trace.context,
        )

    def _write(self, answer: bytes | Failure, report: Report) -> None:
        now = time.time()
        self._sandbox.drain()
        if isinstance(answer, Failure):
            self._sandbox.log.put_platform(self._lines.failure(now, answer))
        self._sandbox.log.put_platform(self._lines.report(now, report))

    def _trace_it(self, answer: bytes | Failure, answered: float) -> None:
        if self._trace is None:
            return
        times = Times(
            received=self._request.received,
            started=self._started,
            answered=answered,
            ended=time.time(),
            init=None if self._init is None else (self._init.started, self._init.ended),
        )
        failure = answer if isinstance(answer, Failure) else None
        for document in invocation_segments(self._config, self._trace, self._request_id, times, failure):
            self._segments.put(document)

    def _result(self, answer: bytes | Failure, duration_ms: float) -> InvokeResult:
        return InvokeResult(
            request_id=self._request_id,
            outcome=answer.outcome if isinstance(answer, Failure) else Outcome.OK,
            payload=answer.payload if isinstance(answer, Failure) else answer,
            duration_ms=duration_ms,
            init_ms=self._init_ms,
            log_stream=self._sandbox.log.name,
            version=self._config.version,
            log_tail=self._log_tail,
        )


def _failure(event: Event, request_id: str, timeout_s: float) -> Failure:
    if isinstance(event, Failure):
        return event
    if isinstance(event, Exited):
        made = failures.out_of_memory if event.out_of_memory else failures.exited
        return made(request_id, event.return_code)
    return failures.timed_out(request_id, timeout_s)
