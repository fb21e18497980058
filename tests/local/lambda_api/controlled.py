"""Lambda's control API, with a function that really runs, as tests ask it."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from local.endpoint import Call
from local.errors import AwsError
from local.lambda_api import LambdaControl, Snapshots
from local.lambda_api.operations import TAKES
from local.lambda_runtime.measured import Measured
from tests.local.lambda_runtime.stage import Stage

HANDLER = """
import os
import time

def handler(event, context):
    time.sleep(event.get("sleep", 0))
    print("a line of", event.get("who"))
    if gate := event.get("gate"):
        open(gate + ".reached", "w").close()
        while not os.path.exists(gate):
            time.sleep(0.01)
    if event.get("fail"):
        raise ValueError("on purpose")
    if event.get("exit"):
        os._exit(3)
    return {
        "event": event,
        "version": context.function_version,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "stage": os.environ.get("STAGE"),
        "init": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"],
        "stream": context.log_stream_name,
        "pid": os.getpid(),
        "client": context.client_context.custom if context.client_context else None,
    }
"""
ARN = "arn:aws:lambda:us-east-1:123456789012:function:items"


class Control:
    """A LambdaControl that is asked as the AWS process asks it."""

    def __init__(self, control: LambdaControl, told: list[str], measured: list[Measured]) -> None:
        self.control = control
        self.told = told
        self.measured = measured

    async def __call__(self, operation: str, **parameters: Any) -> Any:
        assert set(parameters) <= TAKES[operation]
        return await self.control.answer(Call("lambda", operation, parameters))

    async def invoke(self, event: Any, **parameters: Any) -> Any:
        answer = await self("Invoke", FunctionName="items", Payload=json.dumps(event).encode(), **parameters)
        return json.loads(answer["Payload"])

    async def refused(self, operation: str, **parameters: Any) -> tuple[str, str, int]:
        with pytest.raises(AwsError) as raised:
            await self(operation, **parameters)
        return raised.value.code, raised.value.message, raised.value.status

    async def until_available(self, count: int) -> None:
        """So many sandboxes are provisioned for the alias `live`."""
        while True:
            found = await self("GetProvisionedConcurrencyConfig", FunctionName="items", Qualifier="live")
            if found["AvailableProvisionedConcurrentExecutions"] == count:
                return
            await asyncio.sleep(0)

    async def publish(self, *memories_mb: int) -> None:
        """A version of each memory."""
        for memory_mb in memories_mb:
            await self("UpdateFunctionConfiguration", FunctionName="items", MemorySize=memory_mb)
            await self.updated()
            await self("PublishVersion", FunctionName="items")

    async def updated(self) -> Any:
        """The configuration once no update is in progress any more."""
        while True:
            found = await self("GetFunctionConfiguration", FunctionName="items")
            if found["LastUpdateStatus"] != "InProgress":
                return found
            await asyncio.sleep(0)


@asynccontextmanager
async def controlled(
    folder: Path, chance: Callable[[], float] = random.random, **config: Any
) -> AsyncIterator[Control]:
    told: list[str] = []
    measured: list[Measured] = []
    stage = Stage(folder)
    async with stage.running(HANDLER, pool={"measure": measured.append}, **config) as function:
        snapshots = Snapshots(folder / "versions", ["app.py"])
        control = LambdaControl(function, snapshots, told.append, retry_after_s=(0.0, 0.0), chance=chance)
        try:
            yield Control(control, told, measured)
        finally:
            await control.stop()


def play(folder: Path, story: Callable[[Control], Awaitable[None]], **config: Any) -> None:
    async def run() -> None:
        async with controlled(folder, **config) as control:
            await story(control)

    asyncio.run(run())
