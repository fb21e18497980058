"""A function: its sandboxes, and who gets which."""

import asyncio
import contextlib
import time
from dataclasses import replace
from functools import partial

from local.errors import InvokeError, RequestTooLarge, TooManyRequests
from local.lambda_runtime.closing import all_ended
from local.lambda_runtime.concurrency import ACCOUNT_CONCURRENCY, Concurrency
from local.lambda_runtime.configuration import check_config
from local.lambda_runtime.execution import Initialization, Request, Undelivered, execute, initialize, new_request
from local.lambda_runtime.function import Code, FunctionConfig
from local.lambda_runtime.guardian import Guardian
from local.lambda_runtime.invocation import REQUEST_LIMIT_BYTES, InvokeResult
from local.lambda_runtime.limits import Limits
from local.lambda_runtime.measured import MeasureSink
from local.lambda_runtime.process import check_code
from local.lambda_runtime.reports import InitType, Phase, Report
from local.lambda_runtime.sandbox import Sandbox, Site
from local.lambda_runtime.segments import throttle_segment
from local.logs import LogSink
from local.xray.documents import DocumentSink

INIT_LIMIT_S = 10.0  # "the init phase is limited to 10 seconds": the AWS page on the execution environment's lifecycle
REPLACED_WITHIN_S = 2.0  # a provisioned sandbox that has died
IDLE_LIMIT_S = 300.0  # Lambda promises no number; it is seen to keep idle sandboxes for some minutes


class LambdaFunction:
    """A Lambda function. One request at a time in each sandbox; the most recently used free one is used first.

    `segments` gets Lambda's own X-Ray segments, `logs` the function's lines and Lambda's, in order. `init_limit_s` is
    how long an initialisation may take, `idle_limit_s` how long an on-demand sandbox is kept without work,
    `account_concurrency` how many invocations run at once where no reserved concurrency says so. `measure` hears of
    each invocation. Raises TemplateError where the configuration is one that Lambda refuses.
    """

    def __init__(  # noqa: PLR0913 - two things, their three surroundings, and three numbers that tests make small
        self,
        config: FunctionConfig,
        code: Code,
        *,
        logs: LogSink,
        segments: DocumentSink,
        limits: Limits,
        daemon_address: str | None,
        init_limit_s: float = INIT_LIMIT_S,
        idle_limit_s: float = IDLE_LIMIT_S,
        account_concurrency: int = ACCOUNT_CONCURRENCY,
        measure: MeasureSink | None = None,
        concurrency: Concurrency | None = None,
    ) -> None:
        check_config(config)
        self._config = config
        self.code = code
        self._segments = segments
        self._guardian = Guardian()
        self._site = Site(logs, limits, self._guardian, daemon_address)
        self._init_limit_s = init_limit_s
        self._idle_limit_s = idle_limit_s
        self._measure = measure or (lambda _measured: None)
        # Over all versions of the function: a version is given its function's.
        self.concurrency = concurrency or Concurrency(config.reserved_concurrency, account_concurrency)
        self._generation, self._lost = 0, 0  # lost: provisioned ones that have died since the last look
        self._sandboxes: dict[Sandbox, int] = {}  # all that exist, with the generation that each belongs to
        self._provisioned: set[Sandbox] = set()  # those that are initialised
        self._idle: list[Sandbox] = []  # the most recently used last
        self._invocations: set[asyncio.Task[InvokeResult]] = set()
        self._closings: set[asyncio.Task[None]] = set()
        self._reaper: asyncio.Task[None] | None = None

    @property
    def config(self) -> FunctionConfig:
        return self._config

    @property
    def generation(self) -> int:
        """Grows whenever configuration or code are replaced."""
        return self._generation

    @property
    def provisioned(self) -> int:
        """How many sandboxes of provisioned concurrency are initialised."""
        return len(self._provisioned)

    def version(self, config: FunctionConfig) -> "LambdaFunction":
        """Another version of this function, with the same code and sandboxes of its own. It is not started yet."""
        return LambdaFunction(
            config,
            self.code,
            logs=self._site.logs,
            segments=self._segments,
            limits=self._site.limits,
            daemon_address=self._site.daemon_address,
            init_limit_s=self._init_limit_s,
            idle_limit_s=self._idle_limit_s,
            measure=self._measure,
            concurrency=self.concurrency,
        )

    async def start(self) -> None:
        """Initialises the provisioned sandboxes. Raises StartError where sandboxes can't be started here."""
        check_code(self.code)
        self._guardian.start()
        self._reaper = asyncio.get_running_loop().create_task(self._reap())
        try:
            await self._provision()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Ends every sandbox, whatever it is doing; invocations at hand raise InvokeError."""
        reaper, self._reaper = self._reaper, None
        if reaper is not None:
            reaper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reaper
        for invocation in list(self._invocations):
            invocation.cancel()
        await asyncio.gather(*self._invocations, return_exceptions=True)
        for sandbox in list(self._sandboxes):
            self._close(sandbox)
        await all_ended(self._closings)
        await self._guardian.stop()

    async def retire(self) -> None:
        """Stops when what is busy has finished; what is idle ends at once."""
        self._config = replace(self._config, provisioned_concurrency=0)
        await self.replace()
        await asyncio.gather(*self._invocations, return_exceptions=True)
        await self.stop()

    async def invoke(
        self,
        payload: bytes,
        *,
        trace_header: str | None = None,
        client_context: str | None = None,
        qualifier: str | None = None,
        tail: bool = False,
    ) -> InvokeResult:
        """Lambda's Invoke (RequestResponse). `payload` is JSON; `client_context` is JSON text; `qualifier` the version
        or alias that was asked for, if one was; `tail` whether the result has the end of the log.

        It runs to its end even if the caller is cancelled. Raises TooManyRequests, RequestTooLarge; InvokeError where
        the function is not running (any more).
        """
        request = new_request(self._config, payload, trace_header, client_context, qualifier, tail=tail)
        if self._reaper is None:
            raise InvokeError(f"{self._config.name} is not running: start() it first")
        self._admit(request)
        task = asyncio.get_running_loop().create_task(self._run(request))
        self._invocations.add(task)
        task.add_done_callback(self._left)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled() and self._reaper is None:
                raise InvokeError(f"{self._config.name} was stopped during the invocation") from None
            raise

    async def replace(self, config: FunctionConfig | None = None, code: Code | None = None) -> None:
        """From now on new sandboxes with this configuration and code; busy ones finish what they do.

        With neither it is a reload of the same code. Raises TemplateError, StartError, and then nothing has changed.
        """
        if config is not None:
            check_config(config)
        if code is not None:
            check_code(code)
        if config is not None and config.version == "$LATEST":
            self.concurrency.reserved = config.reserved_concurrency
        self._config = config or self._config
        self.code = code or self.code
        self._generation, self._lost = self._generation + 1, 0
        for sandbox in list(self._idle):
            self._close(sandbox)
        await self._provision()

    def _left(self, task: asyncio.Task[InvokeResult]) -> None:
        self._invocations.discard(task)
        self.concurrency.leave()

    def reserve(self, concurrency: int | None) -> None:
        """Reserved concurrency from the next invocation on; None is no limit but the account's."""
        self.concurrency.reserved = concurrency
        self._config = replace(self._config, reserved_concurrency=concurrency)

    def _admit(self, request: Request) -> None:
        if len(request.invocation.payload) > REQUEST_LIMIT_BYTES:
            raise RequestTooLarge(
                f"Request must be smaller than {REQUEST_LIMIT_BYTES} bytes for the InvokeFunction operation"
            )
        reason = self.concurrency.enter()
        if reason is not None:
            self._report_throttle(request)
            raise TooManyRequests("Rate Exceeded.", reason)

    def _report_throttle(self, request: Request) -> None:
        trace, known = request.trace, request.measured(self._config.name, self.concurrency.running)
        self._measure(replace(known, throttled=True))
        if trace is not None and trace.sampled:
            self._segments.put(throttle_segment(self._config, trace, request.invocation.request_id, time.time()))

    async def _run(self, request: Request) -> InvokeResult:
        running = self.concurrency.running
        while True:
            sandbox, first = self._take(), None
            if sandbox is None:
                sandbox, first = await self._cold_start()
            busy = len(self._provisioned) - sum(free in self._provisioned for free in self._idle)
            try:
                tell = partial(self._tell, request, sandbox.init_type, running, busy)
                return await execute(sandbox, request, self._segments, first, tell)
            except Undelivered:
                continue
            finally:
                self._give_back(sandbox)

    def _tell(self, request: Request, init_type: InitType, running: int, busy: int, report: Report) -> None:
        config, known = self._config, request.measured(self._config.name, running)
        of_any = replace(known, duration_ms=report.duration_ms, failed=report.failed)
        provisioned = init_type is InitType.PROVISIONED
        self._measure(replace(of_any, provisioned=provisioned, busy=busy, allocated=config.provisioned_concurrency))

    async def _cold_start(self) -> tuple[Sandbox, Initialization]:
        sandbox = self._add(InitType.ON_DEMAND)
        try:
            return sandbox, await initialize(sandbox, Phase.INIT, self._init_limit_s)
        except BaseException:
            self._close(sandbox)
            raise

    def _take(self) -> Sandbox | None:
        """A free sandbox: a provisioned one if there is one."""
        for at in range(len(self._idle) - 1, -1, -1):
            if self._idle[at].init_type is InitType.PROVISIONED:
                return self._idle.pop(at)
        return self._idle.pop() if self._idle else None

    def _give_back(self, sandbox: Sandbox) -> None:
        if not sandbox.alive or self._reaper is None or self._sandboxes.get(sandbox) != self._generation:
            self._close(sandbox)
            return
        sandbox.idle_since = time.monotonic()
        self._idle.append(sandbox)

    def _add(self, init_type: InitType) -> Sandbox:
        sandbox = Sandbox(self._config, self.code, self._site, init_type, self._died)
        self._sandboxes[sandbox] = self._generation
        return sandbox

    def _died(self, sandbox: Sandbox) -> None:
        if sandbox in self._idle:
            self._close(sandbox)

    def _close(self, sandbox: Sandbox) -> None:
        generation = self._sandboxes.pop(sandbox, None)
        if generation is None:
            return
        if sandbox in self._provisioned and generation == self._generation:
            self._lost += 1
        self._provisioned.discard(sandbox)
        if sandbox in self._idle:
            self._idle.remove(sandbox)
        task = asyncio.get_running_loop().create_task(sandbox.close())
        self._closings.add(task)
        task.add_done_callback(self._closings.discard)

    async def _provision(self) -> None:
        wanted = self._config.provisioned_concurrency
        await asyncio.gather(*(self._provision_one(self._generation) for _ in range(wanted)))

    async def _provision_one(self, generation: int) -> None:
        """A sandbox whose initialisation fails is reported and not kept: the next invocation tries again."""
        sandbox = self._add(InitType.PROVISIONED)
        try:
            done = await initialize(sandbox, Phase.INIT, self._init_limit_s)
        except BaseException:
            self._close(sandbox)
            raise
        if done.succeeded and generation == self._generation:
            self._provisioned.add(sandbox)
            self._give_back(sandbox)
        else:
            self._close(sandbox)

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(min(self._idle_limit_s / 4, REPLACED_WITHIN_S))
            lost, self._lost = self._lost, 0
            again = (self._provision_one(self._generation) for _ in range(lost))
            await asyncio.gather(*again, return_exceptions=True)  # its sandbox has told why it did not start
            oldest = time.monotonic() - self._idle_limit_s
            for sandbox in list(self._idle):
                if sandbox.idle_since < oldest and sandbox.init_type is InitType.ON_DEMAND:
                    self._close(sandbox)
