"""An application whose requests hang in many ways: the handler module of a sandbox."""

import asyncio
import contextvars
import socket
import threading
import time

from fastapi import FastAPI

from observability import current, lambda_handler, logger, observe, span

app = FastAPI()
observe(app, service="items")


def hangs_in_sleep() -> None:
    time.sleep(600)


def hangs_in_recv() -> None:
    ours, _theirs = socket.socketpair()
    ours.recv(1)


def hangs_in_a_loop() -> None:
    while True:
        sum(range(100))


def hangs_at_a_lock() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


async def hangs_in_await() -> None:
    await asyncio.get_running_loop().create_future()


async def hangs_below() -> None:
    await hangs_in_await()


def hangs_deep(depth: int) -> None:
    if depth:
        hangs_deep(depth - 1)
    time.sleep(600)


@app.get("/sleep/{item_id}")
async def _sleep(item_id: str) -> None:
    logger.debug("about to hang", item=item_id)
    current().add(item=item_id)
    with span("over"):
        pass
    with span("outer"), span("inner", box=3):
        hangs_in_sleep()


@app.get("/recv")
async def _recv() -> None:
    hangs_in_recv()


@app.get("/loop")
async def _loop() -> None:
    hangs_in_a_loop()


@app.get("/lock")
async def _lock() -> None:
    hangs_at_a_lock()


@app.get("/await")
async def _await() -> None:
    await hangs_below()


@app.get("/gather")
async def _gather() -> None:
    await asyncio.gather(asyncio.sleep(0), hangs_below())


@app.get("/group")
async def _group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0))
        group.create_task(hangs_below())


@app.get("/threadpool")
def _threadpool() -> None:
    hangs_in_sleep()


@app.get("/to-thread")
async def _to_thread() -> None:
    await asyncio.to_thread(hangs_at_a_lock)


@app.get("/executor")
async def _executor() -> None:
    await asyncio.get_running_loop().run_in_executor(None, contextvars.copy_context().run, hangs_in_recv)


@app.get("/deep")
async def _deep() -> None:
    hangs_deep(300)


@app.get("/lasts/{milliseconds}")
async def _lasts(milliseconds: int) -> str:
    """Ends by itself, and still does to its record what requests do."""
    time.sleep(milliseconds / 1000)  # noqa: ASYNC251 (a request that is slow this way is what is tested)
    current().add(late="yes")
    with span("late"):
        return "done"


@app.get("/threads")
async def _threads() -> list[int | None]:
    """The watchdog's threads."""
    return [thread.ident for thread in threading.enumerate() if thread.name == "near-timeout"]


handler = lambda_handler(app)
