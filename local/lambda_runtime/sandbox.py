"""One sandbox: a process of the runtime client, its Runtime API, its log stream and its limits."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from local.lambda_runtime.environment import Place, sandbox_environment
from local.lambda_runtime.failures import Failure
from local.lambda_runtime.function import Code, FunctionConfig
from local.lambda_runtime.guardian import Guardian
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.limits import Limits
from local.lambda_runtime.log_stream import LogStream
from local.lambda_runtime.memory import PeakMemory
from local.lambda_runtime.output import OutputPipe
from local.lambda_runtime.process import has_ended, kill_group, runtime_command, spawn
from local.lambda_runtime.reports import InitType
from local.lambda_runtime.runtime_api import RuntimeApi, Work
from local.logs import LogSink

LAST_WORDS_S = 2.0  # for what an answered invocation still does when its sandbox is about to be closed


class Turn(Enum):
    """What can come of waiting for a sandbox, beside its end or an answer.

    READY: its runtime client waits for work.
    TIMEOUT: the time given was used up; the process still runs.
    """

    READY = "ready"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Exited:
    """The process ended; `return_code` is negative for a signal."""

    return_code: int
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """What all sandboxes of a function share. `daemon_address` is that of the X-Ray daemon, `host:port`."""

    logs: LogSink
    limits: Limits
    guardian: Guardian
    daemon_address: str | None


Event: TypeAlias = Turn | Exited | Failure | bytes


class Sandbox:
    """`boot()` it, then `serve()` while `alive`; `close()` it whatever happened.

    A sandbox whose process ended can be booted again: Lambda does so where initialisation failed.
    """

    def __init__(
        self,
        config: FunctionConfig,
        code: Code,
        site: Site,
        init_type: InitType,
        on_death: Callable[["Sandbox"], None],
    ) -> None:
        self.config = config
        self.init_type = init_type
        self.log = LogStream(config, site.logs)
        self.idle_since = 0.0
        self._code = code
        self._site = site
        self._on_death = on_death
        self._api = RuntimeApi(self)
        self._shape = site.limits.shape(config.memory_mb)
        self._address = ""
        self._process: asyncio.subprocess.Process | None = None
        self._output: OutputPipe | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._ready = False
        self._throttled = False
        self._event: asyncio.Future[Event] | None = None
        self._memory: PeakMemory | None = None
        self._exit = Exited(0)
        self._finishing: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None

    @property
    def peak_mb(self) -> int:
        """The most memory used until now, in MB; what was last seen where the process is gone."""
        return 0 if self._memory is None else self._memory.mb()

    async def boot(self, limit_s: float) -> Event:
        """Starts the process and waits until it is ready; ends it where it is not. Raises StartError."""
        if not self._address:
            self._address = await self._api.open()
        expected = self._expect()  # before the process starts: on a busy loop its first word may come very early
        started = time.perf_counter()
        await self._spawn()
        event = await self._outcome(expected, limit_s)
        if isinstance(event, Failure) and self.alive:  # posted: it ends by itself, its last words are worth the wait
            await self._wait(limit_s - (time.perf_counter() - started))
        if event is not Turn.READY:
            await self.kill()
        return event

    async def ready(self, limit_s: float) -> bool:
        """Waits until the runtime client asks for work; False where its process is gone or never asks."""
        if not self._ready and self.alive:
            await self._wait(limit_s)
        if self._process is not None and self._watcher is not None and has_ended(self._process.pid):
            await asyncio.shield(self._watcher)
        return self._ready

    async def settled(self, limit_s: float) -> Event:
        """What comes after an answer: READY, the process's end, or TIMEOUT."""
        if self._ready:
            return Turn.READY
        return await self._wait(limit_s) if self.alive else self._exit

    def finish(self, work: Coroutine[Any, Any, None]) -> None:
        """Ends an invocation that is answered, while its caller goes on. The sandbox's next one waits for it."""
        self._finishing = asyncio.get_running_loop().create_task(work)

    async def finished(self) -> None:
        """Returns when the last invocation has ended."""
        if self._finishing is not None:
            await asyncio.shield(self._finishing)
            self._finishing = None

    async def throttle(self) -> None:
        """Initialisations run at full speed; from the first invocation on CPU time is limited."""
        if not self._throttled:
            self._throttled = True
            await self._shape.throttle()

    async def serve(self, invocation: Invocation, deadline_s: float) -> Event:
        """Hands the invocation to the runtime client that is ready. `deadline_s` is seconds since the epoch."""
        await self.throttle()
        self._ready = False
        self._api.hand(Work(invocation, int(deadline_s * 1000)))
        return await self._wait(deadline_s - time.time())

    def drain(self) -> None:
        """Puts what the function has written until now into the log stream."""
        if self._output is not None:
            self._output.drain()

    async def kill(self) -> None:
        """Ends the process and all that it started."""
        if self._process is not None:
            kill_group(self._process.pid)
            self._shape.kill()
        if self._watcher is not None:
            await asyncio.shield(self._watcher)  # whoever waits may be cancelled; the end must be seen all the same

    async def close(self) -> None:
        """Ends the process, once an answered invocation has ended too; frees the port and the cgroup."""
        if self._finishing is not None:
            await asyncio.wait([self._finishing], timeout=LAST_WORDS_S)
        await self.kill()
        if self._finishing is not None:
            await self._finishing
        await self._api.close()
        await self._shape.remove()

    # What the Runtime API tells.

    def asked_for_work(self) -> None:
        self._ready = True
        self._tell(Turn.READY)

    def answered(self, answer: bytes | Failure) -> None:
        self._tell(answer)

    def init_failed(self, failure: Failure) -> None:
        self._tell(failure)

    async def _spawn(self) -> None:
        place = Place(self.init_type, self._address, self.log.name, self._site.daemon_address)
        await self._shape.unthrottle()
        self._throttled = False
        output = OutputPipe(self.log.put_function)
        try:
            self._process = await spawn(
                self._shape.command(runtime_command(self._code, self.config.handler)),
                folder=self._code.task_root,
                environment=self._shape.environment(sandbox_environment(self.config, self._code, place)),
                output=output.write_end,
            )
        except BaseException:
            output.close_write_end()
            output.close()
            raise
        output.close_write_end()
        self._output = output
        self._memory = PeakMemory(self._process.pid)
        self._shape.enter(self._process.pid)
        self._site.guardian.watch(self._process.pid, self._shape.folders)
        self._watcher = asyncio.get_running_loop().create_task(self._watch(self._process, output))

    async def _watch(self, process: asyncio.subprocess.Process, output: OutputPipe) -> None:
        return_code = await process.wait()
        kill_group(process.pid)
        self._site.guardian.forget(process.pid)
        output.close()
        self._api.reset()
        self._process = self._output = None
        self._ready = False
        self._exit = Exited(return_code, await self._shape.out_of_memory())
        self._tell(self._exit)
        self._on_death(self)

    async def _wait(self, limit_s: float) -> Event:
        return await self._outcome(self._expect(), limit_s)

    def _expect(self) -> asyncio.Future[Event]:
        """From now on the next thing that happens to the sandbox is kept."""
        event: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._event = event
        return event

    async def _outcome(self, event: asyncio.Future[Event], limit_s: float) -> Event:
        timer = asyncio.get_running_loop().call_later(max(limit_s, 0.0), self._tell, Turn.TIMEOUT)
        try:
            return await event
        finally:
            timer.cancel()
            self._event = None

    def _tell(self, event: Event) -> None:
        if self._event is not None and not self._event.done():
            self._event.set_result(event)
