"""The X-Ray SDK's recorder with the xray-sdk backend: its subsegments are in the request's trace."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.context import Context

from observability import Settings, current, span
from observability.context import entered
from observability.observer import Observer
from observability.settings import Tracing
from observability.testing import Capture, CountingIds, SteppingClock

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
_HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=%d"


@contextmanager
def request(*, sampled: int = 1) -> Iterator[Capture]:
    """A request of an application with this backend; the recorder is as it was afterwards."""
    before = xray_recorder.context
    xray_recorder.context = Context("IGNORE_ERROR")
    seen = Capture()
    observer = Observer(
        Settings(service="test", tracing=Tracing.XRAY_SDK), seen.instruments(SteppingClock(), CountingIds())
    )
    record = observer.open(None)
    observer.join(record, _HEADER % sampled)
    try:
        with entered(record):
            yield seen
    finally:
        observer.close(record)
        xray_recorder.context = before


def test_subsegments_and_spans_nest_in_each_other() -> None:
    """One trace, in the order of the code; the SDK's annotations, metadata, http, sql and flags are in it."""
    with request() as seen:
        with span("a"), xray_recorder.in_subsegment("b", namespace="remote") as b, span("c"):
            b.put_annotation("k", "v")
            b.put_metadata("m", {"x": 1}, "mine")
            b.put_http_meta("url", "http://a/")
            b.put_http_meta("status", 429)
            b.set_sql({"database_type": "SQLite"})
        with xray_recorder.in_subsegment("d"):
            pass
    assert [one["name"] for one in seen.spans] == ["test", "a", "b", "c", "d"]
    found = seen.span("b")
    assert [one["name"] for one in found["subsegments"]] == ["c"]
    assert (found["namespace"], found["annotations"], found["metadata"]) == (
        "remote",
        {"k": "v"},
        {"mine": {"m": {"x": 1}}},
    )
    assert found["http"] == {"request": {"url": "http://a/"}, "response": {"status": 429}}
    assert (found["sql"], found["error"], found["throttle"]) == ({"database_type": "SQLite"}, True, True)
    assert found["id"] == b.id


def test_the_recorder_reaches_our_spans() -> None:
    """What code puts on the current segment or subsegment is on the request or on span()'s span."""
    with request() as seen:
        xray_recorder.put_annotation("of_the_request", 1)
        xray_recorder.current_segment().put_metadata("m", 2)
        with span("ours"):
            current_one = xray_recorder.current_subsegment()
            current_one.put_annotation("k", "v")
            current_one.set_aws({"operation": "x"})
            current_one.namespace = "aws"
            assert current_one.parent_segment.trace_id == "1-5759e988-bd862e3fe1be46a994272793"
            assert xray_recorder.is_sampled() is True
    assert seen.documents[0]["annotations"]["of_the_request"] == 1
    assert seen.documents[0]["metadata"] == {"default": {"m": 2}}
    ours = seen.span("ours")
    assert (ours["annotations"], ours["aws"], ours["namespace"]) == ({"k": "v"}, {"operation": "x"}, "aws")


def test_an_exception_is_the_sdks_cause() -> None:
    """A fault, with the cause that the SDK has made of it, in whatever span it goes through."""
    with request() as seen, pytest.raises(ValueError, match="bad"), span("outer"), xray_recorder.in_subsegment("inner"):
        raise ValueError("bad")
    for name in ("inner", "outer"):
        assert seen.span(name)["fault"] is True
        assert seen.span(name)["cause"]["exceptions"][0]["message"] == "bad"


def test_many_subsegments_stay_in_one_document() -> None:
    """The SDK streams the subsegments of a segment with more than 30; here the request's document has them all."""
    with request() as seen:
        for n in range(50):
            with xray_recorder.in_subsegment(f"n{n}"):
                pass
    assert len(seen.datagrams) == 1
    assert len(seen.spans) == 51


def test_captured_functions_and_threads() -> None:
    """@xray_recorder.capture makes a subsegment; an entity that is taken into a thread is the parent there."""

    @xray_recorder.capture("captured")  # type: ignore[untyped-decorator] # the SDK has no types
    def captured() -> None:
        record, entity = current(), xray_recorder.get_trace_entity()

        def work() -> None:
            with entered(record):
                xray_recorder.set_trace_entity(entity)
                with xray_recorder.in_subsegment("in a thread"):
                    pass
                xray_recorder.clear_trace_entities()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    with request() as seen:
        captured()
    assert [one["name"] for one in seen.span("captured")["subsegments"]] == ["in a thread"]


def test_segments_of_its_own_are_refused_in_a_request() -> None:
    """As in Lambda: the request is the segment, and begin_segment() doesn't put another in its place."""
    with request() as seen:
        xray_recorder.begin_segment("another", sampling=1)
        with xray_recorder.in_subsegment("kept"):
            pass
        xray_recorder.end_segment()
        assert xray_recorder.end_subsegment() is None
    assert [one["name"] for one in seen.spans] == ["test", "kept"]


def test_an_unsampled_request_leaves_nothing() -> None:
    """The decision holds for the recorder's subsegments as well."""
    with request(sampled=0) as seen, xray_recorder.in_subsegment("unseen") as subsegment:
        subsegment.put_annotation("k", "v")
        assert xray_recorder.is_sampled() is False
    assert seen.datagrams == []


def test_outside_a_request_the_recorder_is_its_own() -> None:
    """Work without a request goes where it went before: to the context that the recorder had."""
    sent: list[Any] = []
    before = xray_recorder.emitter
    with request():
        context = xray_recorder.context
    kept = xray_recorder.context
    xray_recorder.context, xray_recorder.emitter = context, type("", (), {"send_entity": sent.append})
    try:
        with xray_recorder.in_segment("alone", sampling=1), xray_recorder.in_subsegment("below"):
            pass
    finally:
        xray_recorder.context, xray_recorder.emitter = kept, before
    assert [(one.name, one.subsegments[0].name) for one in sent] == [("alone", "below")]


def test_libraries_that_the_sdk_patches() -> None:
    """A statement on a patched sqlite3 connection is a remote subsegment of the request, below span()'s."""
    code = """
import sqlite3
from aws_xray_sdk.core import patch
from tests.observability.tracing.test_xray_sdk import request
from observability import span
patch(["sqlite3"])
with request() as seen:
    connection = sqlite3.connect(":memory:")
    with span("store"):
        connection.execute("SELECT 1")
    connection.close()
(statement,) = seen.span("store")["subsegments"]
print(statement["namespace"], statement["sql"]["database_type"])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "remote sqlite3\n"
