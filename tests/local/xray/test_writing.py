"""PutTraceSegments and PutTelemetryRecords (AWS page "Sending trace data to AWS X-Ray")."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.xray.facts import gather
from local.xray.graph import service_graph
from local.xray.summary import summarise
from local.xray.sums import add_up
from local.xray.tree import build
from local.xray.validation import reason_against
from tests.local.xray.api import Api, when

# The page's document.
DOCUMENT = {
    "trace_id": "1-5960082b-ab52431b496add878434aa25",
    "id": "6226467e3f845502",
    "start_time": 1498082657.37518,
    "end_time": 1498082695.4042,
    "name": "test.elasticbeanstalk.com",
}


def put(api: Api, *texts: str) -> list[dict[str, str]]:
    return list(api("PutTraceSegments", TraceSegmentDocuments=list(texts))["UnprocessedTraceSegments"])


def count(api: Api) -> int:
    return len(api.summaries(start=1498082657, end=1498082700))


def test_a_good_document(api: Api) -> None:
    """The page's call: `"UnprocessedTraceSegments": []`, and the trace is there."""
    assert put(api, json.dumps(DOCUMENT)) == []
    (trace,) = api("BatchGetTraces", TraceIds=["1-5960082b-ab52431b496add878434aa25"])["Traces"]
    assert trace["Duration"] == 38.02902
    assert [json.loads(segment["Document"]) for segment in trace["Segments"]] == [DOCUMENT]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (json.dumps({**DOCUMENT, "trace_id": "1-x"}), "InvalidTraceId", "Invalid segment. ErrorCode: InvalidTraceId"),
        ("[]", "MissingId", "Invalid segment. ErrorCode: MissingId"),
        (json.dumps({**DOCUMENT, "name": "a?"}), "InvalidName", "Invalid segment. ErrorCode: InvalidName"),
        (
            json.dumps({**DOCUMENT, "name": "a?", "type": "subsegment", "parent_id": "0" * 16}),
            "InvalidName",
            "Invalid subsegment. ErrorCode: InvalidName, Cause: ",
        ),
        (
            json.dumps({**DOCUMENT, "subsegments": [{**DOCUMENT, "id": "1"}]}),
            "InvalidId",
            "Invalid subsegment. ErrorCode: InvalidId",
        ),
        (json.dumps({**DOCUMENT, "type": "subsegment"}), "MissingParentId", "Invalid subsegment."),
        (json.dumps({"id": DOCUMENT["id"]}), "MissingTraceId", "Invalid segment."),
        (json.dumps({**DOCUMENT, "end_time": None}), "MissingEndTime", "Invalid segment."),
        (json.dumps({**DOCUMENT, "end_time": 1}), "InvalidEndTime", "Invalid segment."),
        ("{", "ParseError", "Invalid segment. ErrorCode: ParseError, Cause: document: not JSON"),
        ('"{}"', "InvalidDocument", "Invalid segment. ErrorCode: InvalidDocument"),
        ("7", "InvalidDocument", "Invalid segment. ErrorCode: InvalidDocument"),
        ('{"id": NaN}', "ParseError", "Invalid segment. ErrorCode: ParseError"),
        ('{"id": 1e999}', "ParseError", "Invalid segment. ErrorCode: ParseError"),
        ("[" * 60_000, "ParseError", "Invalid segment. ErrorCode: ParseError"),
        (" " * 65_537, "ParseError", "Invalid segment. ErrorCode: ParseError, Cause: document: more than 65536 bytes"),
    ],
)
def test_bad_documents(api: Api, text: str, code: str, message: str) -> None:
    """Each is named with AWS's code and words, and the good ones beside it are kept. (InvalidTraceId is the page's;
    MissingId for `[]` and InvalidName with its Cause are what X-Ray was seen to answer.)
    """
    good = json.dumps({**DOCUMENT, "trace_id": "1-594aed61-ab52431b496add878434aa25"})
    (bad,) = put(api, text, good)
    assert bad["ErrorCode"] == code
    assert bad["Message"].startswith(message)
    assert bad.get("Id", DOCUMENT["id"]) == DOCUMENT["id"]
    assert count(api) == 1


def test_several_in_one_document(api: Api) -> None:
    """ "A JSON document defining one or more segments or subsegments"."""
    other = {**DOCUMENT, "trace_id": "1-594aed61-000000000000000000000001"}
    assert put(api, json.dumps([DOCUMENT, other])) == []
    assert len(api("BatchGetTraces", TraceIds=[DOCUMENT["trace_id"], other["trace_id"]])["Traces"]) == 2


def test_telemetry(api: Api) -> None:
    """A daemon's report of itself is taken."""
    record = {"Timestamp": when(1), "SegmentsReceivedCount": 1, "BackendConnectionErrors": {"TimeoutCount": 1}}
    assert api("PutTelemetryRecords", TelemetryRecords=[record], Hostname="h") == {}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
blocks = st.dictionaries(
    st.sampled_from(["request", "response", "url", "status", "ec2", "account_id", "table_name", "exceptions"]),
    st.dictionaries(st.sampled_from(["url", "status", "instance_id", "traced"]), values, max_size=2) | values,
    max_size=3,
)
members = st.fixed_dictionaries(
    {},
    optional={
        "namespace": st.sampled_from(["aws", "remote"]),
        "http": blocks,
        "aws": blocks,
        "sql": blocks,
        "cause": blocks,
        "origin": values,
        "user": values,
        "resource_arn": values,
        "annotations": st.dictionaries(
            st.sampled_from(["a", "b"]), st.integers() | st.booleans() | st.text(max_size=3)
        ),
        "fault": st.booleans(),
        "error": st.booleans(),
        "name": st.sampled_from(["DynamoDB", "s3", "a"]),
    },
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("0123"), st.booleans(), members), max_size=5))
def test_whatever_is_taken_can_be_read(drawn: list[tuple[str, str, bool, dict[str, Any]]]) -> None:
    """Any documents that the validator takes make a trace, a summary and a graph; parents may be anybody."""
    documents = []
    for number, (name, parent, is_subsegment, extra) in enumerate(drawn):
        own = {**DOCUMENT, "id": name * 16, "parent_id": parent * 16, "start_time": number, "end_time": number}
        inner = {**own, "id": f"{number}" * 16, **extra}
        kind = {"type": "subsegment"} if is_subsegment else {}
        document = {**own, **extra, **kind, "subsegments": [inner]}
        if reason_against(document) is None:
            documents.append(document)
    if not documents:
        return
    trace = build(DOCUMENT["trace_id"], documents)  # type: ignore[arg-type]
    facts = gather(trace)
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert summarise(facts, 1)["Id"] == DOCUMENT["trace_id"]
    assert sum(one.get("SummaryStatistics", {}).get("TotalCount", 0) for one in service_graph(add_up([facts]))) == len(
        facts["visits"]
    )
