"""Waiting for what must not be left half done."""

import asyncio
from collections.abc import Iterable


async def all_ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Raises what one of them has raised. Where its caller is cancelled they go on: gather() would cancel them."""
    waiting = list(tasks)
    if waiting:
        done, _ = await asyncio.wait(waiting)
        for task in done:
            task.result()
