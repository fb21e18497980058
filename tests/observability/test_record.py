"""current() and span(), from wherever the request's code runs."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

import pytest

from observability import Metric, Unit, current, span
from observability.testing import capture

if TYPE_CHECKING:
    from collections.abc import Iterator

BOXES = Metric("Boxes", Unit.COUNT, "boxes packed")


def test_outside_a_request_every_call_does_nothing() -> None:
    """Domain code needn't know whether it runs in a request: elsewhere the calls are there and do nothing."""
    record = current()
    record.add(a=1)
    record.count(BOXES)
    record.observe(BOXES, 2)
    record.fault(ValueError())
    with span("alone", n=1) as alone:
        alone.annotate(m=2)
        alone.metadata(k=3)
    assert (record.request_id, record.trace_id, record.correlation_id, record.cold_start) == (None, None, None, False)


def test_a_record_has_its_ids() -> None:
    """Ids are the operating system's randomness, here counted: a UUID of version 4 and an X-Ray trace id."""
    with capture():
        assert current().request_id == "00000000-0000-4000-8000-000000000002"
        assert current().correlation_id == "00000000-0000-4000-8000-000000000002"
        assert current().trace_id == "1-6955b900-000000000000000000000003"
        assert current().cold_start


def test_spans_nest_with_their_times_and_blocks() -> None:
    """A span is a subsegment with start and end, annotations, metadata and X-Ray's blocks."""
    with capture() as seen:
        with span("store", namespace="remote", sql={"url": "file:items"}, table="items") as store:
            with span("inner"):
                pass
            store.annotate(rows=3)
            store.metadata(plan=["scan"])
            store.sql["sanitized_query"] = "SELECT 1"
        with span("after", namespace="aws", aws={"operation": "GetItem"}):
            pass
    (document,) = seen.documents
    store_span, after = document["subsegments"]
    assert store_span == {
        "id": "0000000000000004",
        "name": "store",
        "start_time": 1767225600.001,
        "end_time": 1767225600.004,
        "namespace": "remote",
        "annotations": {"table": "items", "rows": 3},
        "metadata": {"default": {"plan": ["scan"]}},
        "sql": {"url": "file:items", "sanitized_query": "SELECT 1"},
        "subsegments": [
            {
                "id": "0000000000000005",
                "name": "inner",
                "start_time": 1767225600.002,
                "end_time": 1767225600.003,
            }
        ],
    }
    assert (after["name"], after["namespace"], after["aws"]) == ("after", "aws", {"operation": "GetItem"})


def test_spans_nest_across_tasks() -> None:
    """Two tasks at the same time each nest under the span they were started in, not under each other."""

    async def work(name: str) -> None:
        with span(name):
            await asyncio.sleep(0)
            with span(f"{name}.inner"):
                await asyncio.sleep(0)

    async def both() -> None:
        with span("outer"):
            await asyncio.gather(work("a"), work("b"))

    with capture() as seen:
        asyncio.run(both())
    outer = seen.span("outer")
    assert sorted(one["name"] for one in outer["subsegments"]) == ["a", "b"]
    assert {one["name"]: [i["name"] for i in one["subsegments"]] for one in outer["subsegments"]} == {
        "a": ["a.inner"],
        "b": ["b.inner"],
    }


def test_spans_nest_in_threads() -> None:
    """In a thread that runs in a copy of the context, as the thread pool's do, spans nest under the caller's."""

    def work() -> None:
        with span("threaded"):
            current().count(BOXES)

    with capture() as seen, span("outer"), ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, work).result()
    assert [one["name"] for one in seen.span("outer")["subsegments"]] == ["threaded"]
    assert seen.metrics["Boxes"] == [1]


def test_counts_from_many_threads_add_up() -> None:
    """No count is lost between threads that share the request."""

    def work() -> None:
        for _ in range(2000):
            current().count(BOXES)

    with capture() as seen:
        threads = [threading.Thread(target=copy_context().run, args=(work,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen.metrics["Boxes"] == [8000]


def test_an_exception_makes_the_span_a_fault() -> None:
    """The span where it was raised tells the exception and its stack; the spans further out refer to it by its id."""

    def fails() -> None:
        raise ValueError("no box")

    with capture() as seen, pytest.raises(ValueError, match="no box"), span("outer"), span("inner"):
        fails()
    inner, outer = seen.span("inner"), seen.span("outer")
    assert (inner["fault"], outer["fault"]) == (True, True)
    (told,) = inner["cause"]["exceptions"]
    assert (told["type"], told["message"]) == ("ValueError", "no box")
    assert told["stack"][-1]["label"] == "fails"
    assert outer["cause"] == told["id"]


def test_an_exception_tells_what_it_came_from() -> None:
    """A chain of exceptions is a chain of ids (X-Ray segment documents, "Exceptions", `cause`)."""

    def fails() -> None:
        try:
            _ = dict[str, str]()["inner"]
        except KeyError as error:
            raise ValueError("outer") from error

    with capture() as seen, pytest.raises(ValueError, match="outer"), span("work"):
        fails()
    first, second = seen.span("work")["cause"]["exceptions"]
    assert (first["type"], second["type"]) == ("ValueError", "KeyError")
    assert first["cause"] == second["id"]


class TeapotError(Exception):
    status_code = 418


class ThrottledError(Exception):
    status = 429


def test_an_answer_to_the_client_is_an_error_not_a_fault() -> None:
    """An exception that carries a 4xx status is how services answer: X-Ray's `error`, and `throttle` for 429."""
    with capture() as seen:
        with pytest.raises(TeapotError), span("teapot"):
            raise TeapotError
        with pytest.raises(ThrottledError), span("throttled"):
            raise ThrottledError
    teapot, throttled = seen.span("teapot"), seen.span("throttled")
    assert (teapot["error"], "fault" in teapot, "throttle" in teapot) == (True, False, False)
    assert (throttled["error"], throttled["throttle"], "fault" in throttled) == (True, True, False)


@pytest.mark.parametrize(
    ("status", "flags"),
    [(200, set()), (404, {"error"}), (429, {"error", "throttle"}), (503, {"fault"})],
)
def test_a_calls_status_sets_its_flags(status: int, flags: set[str]) -> None:
    """The status of an outgoing call decides its flags (X-Ray segment documents, "HTTP request data")."""
    with capture() as seen, span("call", namespace="remote", http={"request": {"method": "GET"}}) as call:
        call.http["response"] = {"status": status}
    assert {"error", "throttle", "fault"} & seen.span("call").keys() == flags


def test_a_span_that_ends_in_another_context_is_no_error() -> None:
    """A generator (FastAPI's dependency with yield, in the thread pool) may be left in another context."""

    @contextmanager
    def dependency() -> Iterator[None]:
        with span("dependency"):
            yield

    with capture() as seen:
        manager = dependency()
        copy_context().run(manager.__enter__)
        with span("work"):
            pass
        copy_context().run(manager.__exit__, None, None, None)
    assert [one["name"] for one in seen.documents[0]["subsegments"]] == ["dependency", "work"]
    assert "end_time" in seen.span("dependency")


def test_work_that_outlives_its_request_is_marked_and_counted() -> None:
    """A span still open when the trace is sent is in progress; what comes after it is counted as lost, not raised."""
    with capture() as seen:
        late = current()
        context = copy_context()
        open_span = span("endless")
        open_span.__enter__()
    endless = seen.span("endless")
    assert endless["in_progress"] is True
    assert "end_time" not in endless
    open_span.__exit__(None, None, None)
    late.count(BOXES)
    context.run(span("late").__enter__)
    assert len(seen.lines) == 1


def test_hostile_names_and_values_reach_the_trace_repaired() -> None:
    """Names and keys get X-Ray's alphabet; values that aren't JSON are repaired, counted, and cost nothing else."""
    hostile_annotations: dict[str, Any] = {"a-b c": float("nan"), "é": object}
    with capture() as seen, span("bad\n<name>" * 50, **hostile_annotations) as bad:
        bad.metadata(deep={1: {2, 3}, "x": b"\xff"})
    (line,) = seen.lines
    hostile = seen.documents[0]["subsegments"][0]
    assert len(hostile["name"]) == 200
    assert hostile["name"].startswith("bad\n_name_bad")
    assert hostile["annotations"]["a_b_c"] == "nan"
    assert set(hostile["annotations"]) == {"a_b_c", "_"}
    assert line["TelemetryFailures"] >= 2
