"""The document of a request without spans, put together from pieces, says what the general way says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from observability import Settings
from observability.observer import Observer
from observability.testing import Capture, CountingIds, SteppingClock
from observability.tracing.documents import documents
from observability.tracing.plain_document import plain_document

if TYPE_CHECKING:
    from observability.record import Record

_EXPECTED: dict[str, Any] = {
    "trace_id": "1-6955b900-000000000000000000000003",
    "id": "0000000000000001",
    "name": "it_ems",
    "start_time": 1767225600.0,
    "end_time": 1767225600.001,
    "annotations": {
        "route": "/a/{b}",
        "cold_start": True,
        "request_id": "00000000-0000-4000-8000-000000000002",
        "correlation_id": "00000000-0000-4000-8000-000000000002",
    },
    "http": {
        "request": {"method": "GET", "url": "http://h/a/1", "client_ip": "192.0.2.1", "user_agent": 'a"b\\c\né'},
        "response": {"status": 200, "content_length": 7},
    },
}


def _record(**facts: Any) -> Record:
    observer = Observer(
        Settings(service="it<ems", namespace="items"), Capture().instruments(SteppingClock(), CountingIds())
    )
    record = observer.open(None)
    observer.join(record, None)
    said = {"method": "GET", "url": "http://h/a/1", "route": "/a/{b}", "status": 200, "response_bytes": 7}
    for name, value in {**said, "client_ip": "192.0.2.1", "user_agent": 'a"b\\c\né', **facts}.items():
        setattr(record, name, value)
    record.close()
    return record


@pytest.mark.parametrize(
    ("facts", "members"),
    [
        ({}, {}),
        ({"in_lambda": True, "parent_id": "53995c3f42cd8ad8"}, {"type": "subsegment", "parent_id": "53995c3f42cd8ad8"}),
        ({"status": 404}, {"error": True}),
        ({"status": 429}, {"error": True, "throttle": True}),
        ({"status": 503}, {"fault": True}),
    ],
)
def test_it_says_the_same(facts: dict[str, Any], members: dict[str, Any]) -> None:
    """Every member, whatever the outcome; names in X-Ray's alphabet, texts escaped (X-Ray segment documents)."""
    record = _record(**facts)
    plain = plain_document(record)
    response = {"status": facts.get("status", 200), "content_length": 7}
    expected = {**_EXPECTED, **members, "http": {**_EXPECTED["http"], "response": response}}
    assert json.loads(plain or "null") == expected
    assert documents(record, CountingIds()) == ([plain], 0)
    record.root.annotate(once="more")
    ((full,), _) = documents(record, CountingIds())
    expected["annotations"] = {**expected["annotations"], "once": "more"}
    assert json.loads(full) == expected


@pytest.mark.parametrize(
    "facts", [{"url": "http://h/\ud800"}, {"user_agent": b"bytes"}, {"exceptions": [ValueError()]}, {"method": ""}]
)
def test_what_it_leaves_to_the_general_way(facts: dict[str, Any]) -> None:
    """Half a surrogate pair, no text, an exception, no request."""
    assert plain_document(_record(**facts)) is None


def test_unknown_facts_are_left_out() -> None:
    """No client, no user agent: no members."""
    plain = plain_document(_record(client_ip=None, user_agent=None))
    assert json.loads(plain or "null")["http"]["request"] == {"method": "GET", "url": "http://h/a/1"}
