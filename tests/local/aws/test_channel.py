"""The channel between the stack and the AWS process, and what goes through it."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.aws.channel import Channel
from local.aws.messages import (
    Configuration,
    GatewayRequest,
    read_answer,
    read_call,
    read_configuration,
    read_invocation,
    read_log,
    read_request,
    write_answer,
    write_call,
    write_error,
    write_log,
    write_row,
)
from local.endpoint import Call
from local.errors import AwsError, TemplateError
from local.lambda_runtime.measured import Measured
from local.logs import LogEvent, LogSource

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["base64", "mapping"]), inner),
)


@asynccontextmanager
async def pair(
    take: Callable[[list[bytes]], None], most_bytes: int = 10_000_000
) -> AsyncIterator[tuple[Channel, Channel, asyncio.Event]]:
    """(sender, receiver, an event for the end of what is sent)."""
    ours, its = socket.socketpair()
    gone = asyncio.Event()
    sender, receiver = Channel(lambda _lines: None, lambda: None, most_bytes), Channel(take, gone.set)
    await sender.open(ours)
    await receiver.open(its)
    try:
        yield sender, receiver, gone
    finally:
        sender.close()
        receiver.close()
        await asyncio.sleep(0)  # the transports close at the loop's next turn


def test_lines_arrive_whole_and_in_order() -> None:
    """Large ones and small ones, and what is urgent not before what came earlier; the end comes after the last line."""
    sent = [b"1", b"2" * 5_000_000, b"3", b""] * 2

    async def story() -> list[bytes]:
        got: list[bytes] = []
        async with pair(got.extend, 50_000_000) as (sender, _, gone):
            for number, message in enumerate(sent):
                assert sender.send(b"X", message, urgent=number == 2)
            sender.finish()
            await gone.wait()
        return got

    assert asyncio.run(story()) == [b"X" + message for message in sent]


def test_what_the_other_end_does_not_read_is_lost_and_counted() -> None:
    """Nobody waits: over the limit messages are refused, and those that were kept arrive when it reads again."""

    async def story() -> tuple[int, int, int]:
        got: list[bytes] = []
        async with pair(got.extend, most_bytes=1_000_000) as (sender, receiver, gone):
            receiver.pause()
            kept = 0
            for _ in range(100):
                kept += sender.send(b"X", os.urandom(50_000).hex().encode())
                await asyncio.sleep(0)
            receiver.resume()
            sender.finish()
            await gone.wait()
            return kept, sender.lost, len(got)

    kept, lost, got = asyncio.run(story())
    assert (kept + lost, got) == (100, kept)
    assert 10 <= kept < 100


def test_a_closed_channel_refuses() -> None:
    """What is sent after the end is lost, and counted."""

    async def story() -> tuple[bool, int]:
        async with pair(lambda _lines: None) as (sender, _, _):
            sender.close()
            return sender.send(b"X", b"1"), sender.lost

    assert asyncio.run(story()) == (False, 1)


@given(
    st.builds(
        LogEvent, st.text(), st.text(), st.integers(), st.text(), st.sampled_from(LogSource), st.none() | st.text()
    )
)
def test_log_events_there_and_back(event: LogEvent) -> None:
    """Whatever the text: one line, the same event."""
    line = write_log(event)
    assert b"\n" not in line
    assert read_log(line) == event


@given(st.dictionaries(st.text(), JSON))
def test_calls_and_answers_there_and_back(document: dict[str, Any]) -> None:
    """Bytes too, and documents that look like what stands for bytes."""
    call = Call("lambda", "Invoke", document, "eu-west-1", "1")
    assert read_call(write_call(7, call)) == (7, call)
    assert read_answer(write_answer(8, document)) == (8, document)
    assert b"\n" not in write_call(7, call)


def test_errors_there_and_back() -> None:
    """AWS's own with all that they have; any other of ours is a ServiceException."""
    error = AwsError("TooManyRequestsException", "Rate Exceeded.", status=429, members={"Reason": "x"})
    number, back = read_answer(write_error(3, error))
    assert isinstance(back, AwsError)
    assert (number, back.code, back.message, back.status, back.members) == (
        3,
        "TooManyRequestsException",
        "Rate Exceeded.",
        429,
        {"Reason": "x"},
    )
    _, other = read_answer(write_error(4, TemplateError("no")))
    assert isinstance(other, AwsError)
    assert (other.code, other.message, other.status) == ("ServiceException", "no", 500)


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (GatewayRequest(1, "/x/{id}", "GET", 200, 1.5, None), read_request),
        (Measured("f", "f:live", 1, 2, 3.5, True, False, True, 1, 2), read_invocation),
        (Configuration("f", "api", "id", "dev", detailed_metrics=True), read_configuration),
    ],
)
def test_rows_there_and_back(row: Any, read: Callable[[bytes], Any]) -> None:
    """What is measured, and what runs."""
    assert read(write_row(row)) == row
