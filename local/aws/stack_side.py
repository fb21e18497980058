"""The AWS process as the stack sees it: started, fed without ever being waited for, answered, started again."""

import asyncio
import contextlib
import json
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from local.aws.channel import Channel
from local.aws.messages import (
    ANSWER,
    CALL,
    CONFIGURATION,
    DOCUMENT,
    INVOCATION,
    LOG,
    NOTE,
    OTLP,
    REQUEST,
    Configuration,
    GatewayRequest,
    read_call,
    write_answer,
    write_error,
    write_log,
    write_row,
)
from local.aws.parts import Place
from local.endpoint.call import Answer, Call
from local.errors import LocalError
from local.lambda_runtime.measured import Measured
from local.logs import LogEvent

Control = Callable[[Call], Awaitable[Answer]]
PATIENCE_S = 30.0  # how long it may take to keep what it was sent, when the stack stops
QUICK_S = 5.0  # a process that lived shorter than this is started again a little later each time
LONGEST_PAUSE_S = 30.0
# glibc would learn from each large block that was freed to keep ever larger ones: what a query or an alarm took for a
# moment goes back to the system at once (mallopt(3)). Other C libraries don't know the names.
GIVES_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


class AwsProcess:
    """start() it, then put things; `control` answers its calls, `tell` prints its notes, `environ` is its environment.
    `command` gets the numbers of the channel and the listener, and the place as JSON.

    It serves on `listener`, which stays with the stack: requests that come while it is started again wait for it.
    """

    def __init__(  # noqa: PLR0913 - two things, and their four surroundings
        self,
        place: Place,
        listener: socket.socket,
        *,
        control: Control,
        tell: Callable[[str], None],
        environ: Mapping[str, str],
        command: Sequence[str] = (sys.executable, "-m", "local.aws"),
    ) -> None:
        self._place = place
        self._listener = listener
        self._control = control
        self._tell = tell
        self._environ = environ
        self._command = command
        self._channel: Channel | None = None
        self._its_end: socket.socket | None = None
        self._ended = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._configuration: Configuration | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._lost = 0

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def open(self) -> None:
        """From now on things may be put; they wait in the channel until the process is there to read them."""
        ours, self._its_end = socket.socketpair()
        self._ended = asyncio.Event()
        channel = Channel(lambda lines: self._take(channel, lines), self._ended.set)
        await channel.open(ours)
        self._channel = channel
        if self._configuration is not None:
            channel.send(CONFIGURATION, write_row(self._configuration))

    async def start(self) -> None:
        """Returns as soon as the process exists. After open()."""
        await self._spawn()
        self._watcher = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Lets it keep what it was sent; kills it where that takes too long."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._say_what_was_lost()
        if self._channel is not None:
            self._channel.finish()
            self._close_its_end()  # no process has it: it was never started, or was about to be started again
            if self._process is not None:
                await self._end(self._process)
            self._channel.close()

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._ended.wait()  # it has said its last word
                await process.wait()
        except TimeoutError:
            self._tell(f"AWS: pid {process.pid} did not end within {PATIENCE_S:g} s; killed")
            process.kill()
            await process.wait()

    def configure(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._send(CONFIGURATION, write_row(configuration))

    def put(self, event: LogEvent) -> None:
        self._send(LOG, write_log(event))

    def put_document(self, text: bytes) -> None:
        """An X-Ray document, as JSON."""
        self._send(DOCUMENT, text)

    def put_otlp(self, text: bytes) -> None:
        """An ExportTraceServiceRequest as JSON, with `sampled` beside its own members."""
        self._send(OTLP, text)

    def put_request(self, request: GatewayRequest) -> None:
        self._send(REQUEST, write_row(request))

    def measure(self, measured: Measured) -> None:
        self._send(INVOCATION, write_row(measured))

    def _send(self, kind: bytes, message: bytes) -> None:
        if self._channel is None or not self._channel.send(kind, message):
            self._lost += 1
            if self._lost == 1:
                self._tell("AWS: it does not keep up, or is down: telemetry is lost; how much is told at the end")

    def _close_its_end(self) -> None:
        if self._its_end is not None:
            self._its_end.close()
            self._its_end = None

    async def _spawn(self) -> None:
        assert self._its_end is not None  # noqa: S101 - open() comes first
        its = self._its_end.fileno()
        document = {
            "folder": str(self._place.folder),
            "template": str(self._place.template),
            "parameters": dict(self._place.parameters),
            "port": self._place.port,
            "api_url": self._place.api_url,
            "viewer_url": self._place.viewer_url,
            "region": self._place.region,
        }
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                str(its),
                str(self._listener.fileno()),
                json.dumps(document),
                env={**GIVES_BACK, **self._environ},
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(its, self._listener.fileno()),
                start_new_session=True,  # a Ctrl-C in the terminal is not for it: it ends after the stack
            )
        finally:
            self._close_its_end()

    async def _watch(self) -> None:
        """Starts it again whenever it ends, and says so."""
        pause_s = 0.0
        while self._process is not None:
            began = time.monotonic()
            code = await self._process.wait()
            if self._channel is not None:
                self._channel.close()
            pause_s = min(max(pause_s * 2, 1.0), LONGEST_PAUSE_S) if time.monotonic() - began < QUICK_S else 0.0
            later = f" in {pause_s:g} s" if pause_s else ""
            ended = f"AWS: pid {self._process.pid} ended ({_reason(code)})"
            self._tell(f"{ended}; what it had not kept is lost; it is started again{later}")
            await self.open()  # what comes in the meantime waits there
            await asyncio.sleep(pause_s)
            try:
                await self._spawn()
            except OSError as error:  # no memory, no processes left: perhaps later
                self._tell(f"AWS: it can't be started: {error}")

    def _take(self, channel: Channel, lines: list[bytes]) -> None:
        for line in lines:
            if line[:1] == NOTE:
                self._tell(json.loads(line[1:]))
            elif line[:1] == CALL:
                number, call = read_call(line[1:])
                task = asyncio.get_running_loop().create_task(self._answer(channel, number, call))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _answer(self, channel: Channel, number: int, call: Call) -> None:
        try:
            message = write_answer(number, await self._control(call))
        except LocalError as error:
            message = write_error(number, error)
        except Exception as error:  # noqa: BLE001 - a bug of ours is the caller's ServiceException, and no dead stack
            message = write_error(number, LocalError(f"{call.operation}: {error!r}"))
        channel.send(ANSWER, message, urgent=True)

    def _say_what_was_lost(self) -> None:
        if self._lost:
            self._tell(f"AWS: {self._lost} messages of telemetry were lost")


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
