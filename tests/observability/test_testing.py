"""The test kit that this library offers to its users."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from observability import Metric, Settings, Unit, current, observe, span
from observability.errors import NotObservedError
from observability.testing import CountingIds, FakeContext, SteppingClock, capture

BOXES = Metric("Boxes", Unit.COUNT, "boxes packed")


def test_capture_alone_is_a_record_for_domain_code() -> None:
    """Without an application, the code in the block runs as in one request."""
    with capture() as seen:
        current().count(BOXES, 2)
        with span("outer"), span("inner"):
            pass
    assert seen.metrics["Boxes"] == [2]
    assert [one["name"] for one in seen.spans] == ["test", "outer", "inner"]
    assert seen.lines[0]["service"] == "test"


def test_capture_gives_the_instruments_back() -> None:
    """After the block the application writes where it did before, even if the block failed."""
    app = FastAPI()
    observe(app, settings=Settings())
    before = app.state.observability.instruments
    with pytest.raises(ZeroDivisionError), capture(app):
        _ = 1 / 0
    assert app.state.observability.instruments is before


def test_an_application_that_is_not_observed_is_refused() -> None:
    """There would be nothing to capture, and a test that looks for nothing would pass."""
    with pytest.raises(NotObservedError, match="capture"), capture(FastAPI()):
        pass


def test_a_span_that_is_not_there_is_named_with_those_that_are() -> None:
    """The error tells what to look for."""
    with capture() as seen, span("pack"):
        pass
    with pytest.raises(LookupError, match=r"no span 'unpack'; there are \['test', 'pack'\]"):
        seen.span("unpack")


def test_the_clock_and_the_ids_are_the_same_in_every_run() -> None:
    """Tests compare with literals."""
    clock, ids = SteppingClock(step=0.5), CountingIds()
    assert [clock.wall(), clock.monotonic(), clock.monotonic(), clock.wall()] == [
        1767225600.0,
        0.5,
        1.0,
        1767225601.0,
    ]
    assert [ids(2), ids(2), ids(1)] == [b"\x00\x01", b"\x00\x02", b"\x03"]


def test_the_context_is_lambdas() -> None:
    """It has what handlers ask a context for."""
    context = FakeContext(remaining_ms=10)
    assert context.get_remaining_time_in_millis() == 10
    assert context.aws_request_id == "00000000-0000-4000-8000-000000000000"
