"""A stage for functions: small handlers in a temporary folder, run as the laptop runs them, and what they left."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from local.lambda_runtime import Code, FunctionConfig, InvokeResult, LambdaFunction, Limits, RuntimeClient
from local.logs import LogEvent, LogSource

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


class Recorder:
    """A log sink and a document sink that remember."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []
        self.documents: list[Mapping[str, Any]] = []
        self.logs = _Sink(self.events.append)
        self.segments = _Sink(self.documents.append)

    def lines(self, source: LogSource | None = None) -> list[str]:
        return [event.message for event in self.events if source in {None, event.source}]

    @property
    def platform(self) -> list[str]:
        return self.lines(LogSource.PLATFORM)

    @property
    def function(self) -> list[str]:
        return self.lines(LogSource.FUNCTION)

    def records(self, kind: str) -> list[dict[str, Any]]:
        """The records of one type that Lambda wrote in the JSON log format."""
        lines = [json.loads(line) for line in self.platform]
        return [line["record"] for line in lines if line["type"] == kind]

    def starting(self, word: str) -> list[str]:
        return [line for line in self.platform if line.startswith(word)]


class _Sink:
    def __init__(self, put: Callable[[Any], None]) -> None:
        self.put = put


class Stage:
    def __init__(self, folder: Path, client: RuntimeClient = RuntimeClient.AWSLAMBDARIC) -> None:
        self.folder = folder
        self.recorder = Recorder()
        self.code = Code(folder, Path(sys.executable), client=client)

    def write(self, source: str) -> None:
        """The function's module, app.py; its handler is app.handler."""
        (self.folder / "app.py").write_text(source, encoding="utf-8")

    def function(
        self, *, limits: Limits | None = None, daemon_address: str | None = None, pool: Any = None, **config: Any
    ) -> LambdaFunction:
        settings: dict[str, Any] = {
            "name": "items",
            "handler": "app.handler",
            "runtime": "python3.11",
            "timeout_s": 30.0,
        }
        return LambdaFunction(
            FunctionConfig(**(settings | config)),
            self.code,
            logs=self.recorder.logs,
            segments=self.recorder.segments,
            limits=limits or Limits.detect("off"),
            daemon_address=daemon_address,
            **(pool or {}),
        )

    @asynccontextmanager
    async def running(self, source: str, **settings: Any) -> AsyncIterator[LambdaFunction]:
        self.write(source)
        function = self.function(**settings)
        await function.start()
        try:
            yield function
        finally:
            await function.stop()

    def play(self, source: str, *events: Any, **settings: Any) -> list[InvokeResult]:
        """Runs the function and invokes it once with each event, one after the other."""

        async def story() -> list[InvokeResult]:
            async with self.running(source, **settings) as function:
                return [await function.invoke(json.dumps(event).encode()) for event in events]

        return asyncio.run(story())

    def answer(self, source: str, event: Any = None, **settings: Any) -> Any:
        """What the function answers to one event, as JSON."""
        (result,) = self.play(source, event, **settings)
        return json.loads(result.payload)


async def until(what: Callable[[], Any], deadline_s: float = 20.0) -> Any:
    """Waits for something to be true; a test fails by name where it never is."""
    async with asyncio.timeout(deadline_s):
        while not (found := what()):  # noqa: ASYNC110 - what a process does elsewhere sets no event here
            await asyncio.sleep(0.01)
    return found


async def gather(*awaitables: Awaitable[InvokeResult]) -> list[InvokeResult]:
    return list(await asyncio.gather(*awaitables))
