"""The function's event loop: steps through what never waits, and leaves what does to asyncio."""

from __future__ import annotations

import asyncio
import selectors
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from observability.event_loop import EventLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class CountingSelector(selectors.DefaultSelector):
    """Counts how often the operating system is asked for news."""

    asked = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.asked += 1
        return super().select(timeout)


@pytest.fixture
def selector() -> CountingSelector:
    return CountingSelector()


@pytest.fixture
def loop(selector: CountingSelector) -> Iterator[EventLoop]:
    with closing(EventLoop(selector)) as made:
        yield made


def test_work_that_never_waits_asks_for_no_news(loop: EventLoop, selector: CountingSelector) -> None:
    """The trick still works on this Python: no look at sockets for a coroutine that only computes, tasks included."""

    async def part(number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def work() -> int:
        one = asyncio.create_task(part(1))
        return await one + await part(2)

    assert loop.run(work()) == 3
    assert selector.asked == 0


def test_work_finds_itself_in_a_running_loop(loop: EventLoop) -> None:
    """The running loop and the current task are there, and gone again afterwards."""

    async def work() -> tuple[bool, bool, bool]:
        return asyncio.get_running_loop() is loop, asyncio.current_task() is not None, loop.is_running()

    assert loop.run(work()) == (True, True, True)
    assert not loop.is_running()
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_work_that_waits_for_a_moment_and_a_thread(loop: EventLoop) -> None:
    """Timers, threads and time limits work as they do in asyncio."""

    async def work() -> tuple[str, str]:
        slept = await asyncio.wait_for(asyncio.sleep(0.01, "slept"), 10)
        return slept, await asyncio.to_thread(lambda: "in a thread")

    assert loop.run(work()) == ("slept", "in a thread")


def test_work_that_waits_for_a_socket_by_asking_again_and_again(loop: EventLoop) -> None:
    """A coroutine that yields until another one has heard from a socket is not run to the end of days."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.send(b"news")
        heard: list[bytes] = []

        async def listen() -> None:
            heard.append(await loop.sock_recv(ours, 10))

        async def work() -> bytes:
            listening = asyncio.create_task(listen())
            await asyncio.sleep(0)
            while not heard:  # noqa: ASYNC110 (this is what it is about)
                await asyncio.sleep(0)
            await listening
            return heard[0]

        assert loop.run(work()) == b"news"


def test_an_exception_is_the_works(loop: EventLoop) -> None:
    """It is raised as it is, and the loop goes on."""

    async def fail() -> None:
        raise LookupError("nothing")

    async def work() -> str:
        return "fine"

    with pytest.raises(LookupError, match="nothing"):
        loop.run(fail())
    assert loop.run(work()) == "fine"


def test_a_task_left_behind_takes_its_first_step_and_goes_on_with_the_next_work(loop: EventLoop) -> None:
    """As with run_until_complete(): what the work started and did not wait for begins, and continues later."""
    steps: list[str] = []
    kept: list[asyncio.Task[None]] = []

    async def behind() -> None:
        steps.append("first")
        await asyncio.sleep(0)
        steps.append("second")

    async def work() -> None:
        kept.append(asyncio.create_task(behind()))

    async def more() -> None:
        await asyncio.sleep(0)
        await kept[0]

    loop.run(work())
    assert steps == ["first"]
    loop.run(more())
    assert steps == ["first", "second"]


def test_an_async_generator_is_the_loops_to_close(loop: EventLoop) -> None:
    """One that was not exhausted is closed when the loop shuts down, its finally included."""
    ends: list[str] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            ends.append("closed")

    kept: list[AsyncIterator[int]] = []

    async def work() -> int:
        kept.append(numbers())
        return await anext(kept[0])

    assert loop.run(work()) == 1
    loop.run_until_complete(loop.shutdown_asyncgens())
    assert ends == ["closed"]


def test_a_running_loop_runs_nothing_else(loop: EventLoop) -> None:
    """RuntimeError, as run_until_complete() raises it."""

    async def inner() -> None: ...

    async def work() -> None:
        unstarted = inner()
        try:
            with pytest.raises(RuntimeError, match="already running"):
                loop.run(unstarted)
        finally:
            unstarted.close()

    loop.run(work())


def test_in_debug_mode_it_is_asyncios_own(loop: EventLoop, selector: CountingSelector) -> None:
    """What asyncio checks and tells while it debugs, it checks and tells here."""

    async def work() -> str:
        return "fine"

    loop.set_debug(True)
    assert loop.run(work()) == "fine"
    assert selector.asked > 0
