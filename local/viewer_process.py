"""The viewer as the stack sees it: a process of its own, started again when it ends.

Not in the AWS process: its pages make JSON and HTML for seconds of processor time in an hour of looking, which would
stand in the way of what ingests telemetry; and a bug of a page takes nothing else with it. Not in the stack's own:
that one carries every request.
"""

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 5.0
PAUSE_S = 2.0


@dataclass(frozen=True, slots=True)
class ViewedAt:
    """The AWS that the viewer shows, and the project's folder."""

    aws_url: str
    region: str
    root: Path


class ViewerProcess:
    """Serves on `listener`, which stays with the stack: a page that is asked for while it starts waits for it."""

    def __init__(
        self,
        listener: socket.socket,
        at: ViewedAt,
        *,
        tell: Callable[[str], None],
        environ: Mapping[str, str],
    ) -> None:
        self._listener = listener
        self._document = json.dumps({"aws": at.aws_url, "region": at.region, "root": str(at.root)})
        self._tell = tell
        self._environ = environ
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._spawn()
        self._watcher = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _spawn(self) -> None:
        number = self._listener.fileno()
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "local.viewer", str(number), self._document),
            env=dict(self._environ),
            stdin=asyncio.subprocess.PIPE,
            pass_fds=(number,),
            start_new_session=True,  # a Ctrl-C in the terminal is not for it: it ends with the stack
        )

    async def _watch(self) -> None:
        while self._process is not None:
            code = await self._process.wait()
            self._tell(f"viewer: pid {self._process.pid} ended (exit code {code}); it is started again")
            await asyncio.sleep(PAUSE_S)
            await self._spawn()
