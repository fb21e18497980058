"""GetTraceSummaries and BatchGetTraces."""

import json
from typing import Any

import pytest

from local.errors import AwsError, NotSupported
from local.xray import paging
from local.xray.tree import inside
from local.xray.validation import reason_against
from tests.local.xray.api import NOW, Api, when
from tests.local.xray.scorekeep import (
    FUNCTION,
    FUNCTION_ARN,
    INFERRED_TABLE,
    INFERRED_TOPIC,
    LAMBDA_SERVICE,
    SCOREKEEP,
    SENT,
    TRACE_ID,
    USER_AGENT,
)

OF_SCOREKEEP = {"Name": "Scorekeep", "Names": ["Scorekeep"], "Type": "AWS::ElasticBeanstalk::Environment"}
OF_FUNCTION = {
    "Name": "random-name",
    "Names": ["random-name"],
    "AccountId": "123456789012",
    "Type": "AWS::Lambda::Function",
}


def segment(number: int, at: float, **members: Any) -> dict[str, Any]:
    trace_id = f"1-{int(at):08x}-{number:024x}"
    return {"trace_id": trace_id, "id": f"{number:016x}", "name": "s", "start_time": at, "end_time": at + 1, **members}


def batch(api: Api, *ids: str) -> dict[str, list[dict[str, Any]]]:
    answer = api("BatchGetTraces", TraceIds=list(ids))
    return {
        trace["Id"]: [json.loads(part["Document"]) | {"Id": part["Id"]} for part in trace["Segments"]]
        for trace in answer["Traces"]
    }


def test_a_summary(api: Api) -> None:
    """What AWS page "Getting data from AWS X-Ray" shows of this trace, and what the API's page says of the rest."""
    api.traces.put_many(SENT)
    (summary,) = api.summaries()
    shown = {
        "HasError": False,
        "Http": {
            "HttpStatus": 200,
            "ClientIp": "205.251.233.183",
            "HttpURL": "http://scorekeep.elasticbeanstalk.com/api/user",
            "UserAgent": USER_AGENT,
            "HttpMethod": "POST",
        },
        "Users": [{"UserName": "5M388M1E", "ServiceIds": [OF_SCOREKEEP]}],
        "HasFault": False,
        "Annotations": {
            "UserID": [{"AnnotationValue": {"StringValue": "5M388M1E"}, "ServiceIds": [OF_FUNCTION]}],
            "Name": [{"AnnotationValue": {"StringValue": "Ola"}, "ServiceIds": [OF_FUNCTION]}],
        },
        "ResponseTime": 3.232,
        "Duration": 3.232,
        "Id": "1-59602603-23fc5b688855d396af79b496",
        "HasThrottle": False,
    }
    assert {name: value for name, value in summary.items() if name in shown} == shown
    rest = {name: value for name, value in summary.items() if name not in shown}
    assert rest == {
        "StartTime": when(1499473411.562),
        "IsPartial": False,
        "EntryPoint": OF_SCOREKEEP,
        "ServiceIds": [
            OF_SCOREKEEP,
            {"Name": "random-name", "Names": ["random-name"], "Type": "AWS::Lambda"},
            OF_FUNCTION,
            {"Name": "scorekeep-user", "Names": ["scorekeep-user"], "Type": "AWS::DynamoDB::Table"},
            {"Name": "SNS", "Names": ["SNS"], "Type": "AWS::SNS"},
        ],
        "ResourceARNs": [{"ARN": FUNCTION_ARN}],
        "InstanceIds": [{"Id": "i-0cd9e448944061b4a"}],
        "AvailabilityZones": [{"Name": "us-west-2c"}],
        "FaultRootCauses": [],
        "ErrorRootCauses": [],
        "Revision": 3,
    }


def test_whole_traces(api: Api) -> None:
    """The page's five segments: the three that were sent, with their subsegments, and the two inferred ones."""
    api.traces.put_many(SENT)
    given = {part["Id"]: part for part in batch(api, TRACE_ID)[TRACE_ID]}
    assert len(given) == 5
    for sent in SENT:
        assert given[sent["id"]] == {**sent, "Id": sent["id"]}
    inferred = [part for name, part in given.items() if name not in {sent["id"] for sent in SENT}]
    assert [{name: part[name] for name in part if name.lower() != "id"} for part in inferred] == [
        INFERRED_TABLE,
        INFERRED_TOPIC,
    ]
    answer = api("BatchGetTraces", TraceIds=[TRACE_ID])
    assert answer["Traces"][0]["Duration"] == 3.232
    assert answer["Traces"][0]["LimitExceeded"] is False
    assert answer["UnprocessedTraceIds"] == []


def test_subsegments_that_come_late(api: Api) -> None:
    """A trace in progress, its subsegments sent apart before their segment's end: one whole segment in the end."""
    subsegments = FUNCTION["subsegments"]
    going_on = {name: value for name, value in FUNCTION.items() if name not in ("end_time", "subsegments")}
    apart = [{**one, "type": "subsegment", "trace_id": TRACE_ID, "parent_id": FUNCTION["id"]} for one in subsegments]
    api.traces.put(apart[0])
    assert [(one["IsPartial"], "EntryPoint" in one) for one in api.summaries()] == [(True, False)]
    api.traces.put({**going_on, "in_progress": True})
    api.traces.put(apart[1])
    (summary,) = api.summaries()
    assert (summary["IsPartial"], "ResponseTime" in summary, summary["Duration"]) == (True, False, 1.241)
    api.traces.put(apart[2])
    api.traces.put({**going_on, "end_time": FUNCTION["end_time"]})
    (summary,) = api.summaries()
    assert (summary["IsPartial"], summary["ResponseTime"], summary["Revision"]) == (False, 1.74, 5)
    assert {**FUNCTION, "Id": FUNCTION["id"]} in batch(api, TRACE_ID)[TRACE_ID]


def test_in_progress_after_the_end(api: Api) -> None:
    """A segment that says it is in progress does not overwrite the complete one that overtook it."""
    going_on = {name: value for name, value in SCOREKEEP.items() if name != "end_time"} | {"in_progress": True}
    api.traces.put(SCOREKEEP)
    api.traces.put(going_on)
    (summary,) = api.summaries()
    assert (summary["ResponseTime"], summary["IsPartial"]) == (3.232, False)


def test_unknown_and_wrong_ids(api: Api) -> None:
    """An unknown trace is named among the unprocessed; what is no trace id is an error."""
    answer = api("BatchGetTraces", TraceIds=[TRACE_ID, TRACE_ID])
    assert (answer["Traces"], answer["UnprocessedTraceIds"]) == ([], [TRACE_ID])
    with pytest.raises(AwsError, match=r"TraceIds: '1-2' is not 1-<8 hex digits>-<24 hex digits>") as refused:
        api("BatchGetTraces", TraceIds=["1-2"])
    assert refused.value.code == "InvalidRequestException"


def test_subsegments_without_their_segment(api: Api) -> None:
    """They are given by themselves: nothing that was sent is missing."""
    orphan = {**FUNCTION["subsegments"][0], "type": "subsegment", "trace_id": TRACE_ID, "parent_id": "f" * 16}
    api.traces.put(orphan)
    assert batch(api, TRACE_ID) == {TRACE_ID: [{**orphan, "Id": orphan["id"]}]}


def test_as_deep_as_it_gets(api: Api) -> None:
    """Two hundred subsegments below each other, the last with the deepest metadata that are taken, can be given."""
    nested: dict[str, Any] = {}
    for _ in range(297):
        nested = {"a": nested}
    own = {"trace_id": TRACE_ID, "name": "n", "start_time": NOW, "end_time": NOW + 1}
    chain = [
        {**own, "id": f"{number:016x}", "type": "subsegment", "parent_id": f"{number - 1:016x}"}
        for number in range(1, 200)
    ]
    deepest = {**chain[-1], "metadata": nested}
    assert reason_against(deepest) is None
    api.traces.put_many([{**own, "id": f"{0:016x}"}, *chain[:-1], deepest])
    (whole,) = batch(api, TRACE_ID)[TRACE_ID]
    assert len(list(inside(whole))) == 199


def test_a_trace_over_the_limit(api: Api) -> None:
    """LimitExceeded tells of more than 500 kB; the trace is whole all the same."""
    for number in range(9):
        api.traces.put({**SCOREKEEP, "id": f"{number:016x}", "metadata": {"m": {"text": "x" * 60_000}}})
    (trace,) = api("BatchGetTraces", TraceIds=[TRACE_ID])["Traces"]
    assert trace["LimitExceeded"] is True
    assert sum("inferred" not in json.loads(part["Document"]) for part in trace["Segments"]) == 9


def test_pages_of_traces(api: Api) -> None:
    """More traces than fit into an answer come with a token, in the order of the ids, each once."""
    api.traces.put_many(segment(number, NOW) for number in range(60))
    ids = [f"1-{int(NOW):08x}-{number:024x}" for number in range(60)]
    found: list[str] = []
    parameters: dict[str, Any] = {"TraceIds": ids}
    for _ in range(3):
        answer = api("BatchGetTraces", **parameters)
        found += [trace["Id"] for trace in answer["Traces"]]
        parameters["NextToken"] = answer.get("NextToken", "")
    assert found == ids
    assert parameters["NextToken"] == ""


def test_the_latest_first_in_pages(api: Api) -> None:
    """ "The first page contains the most recent results"; every trace once, and the processed ones add up."""
    api.traces.put_many(segment(number, NOW - 1200 + number) for number in range(1200))
    parameters: dict[str, Any] = {"StartTime": when(NOW - 1200), "EndTime": when(NOW)}
    pages = []
    while True:
        answer = api("GetTraceSummaries", **parameters)
        pages.append(answer)
        if "NextToken" not in answer:
            break
        parameters["NextToken"] = answer["NextToken"]
    ids = [one["Id"] for page in pages for one in page["TraceSummaries"]]
    assert ids == [f"1-{int(NOW) - 1200 + number:08x}-{number:024x}" for number in reversed(range(1200))]
    assert [len(page["TraceSummaries"]) for page in pages] == [500, 500, 200]
    assert sum(page["TracesProcessedCount"] for page in pages) == 1200
    assert [page["ApproximateTime"] for page in pages] == [when(NOW - 500), when(NOW - 1000), when(NOW - 1200)]


def test_processed_without_a_match(api: Api) -> None:
    """ "The total number of traces processed, including traces that did not match"."""
    api.traces.put_many(segment(number, NOW, fault=number == 3) for number in range(10))
    answer = api("GetTraceSummaries", StartTime=when(NOW), EndTime=when(NOW + 1), FilterExpression="fault")
    assert (len(answer["TraceSummaries"]), answer["TracesProcessedCount"]) == (1, 10)


def test_a_forged_token(api: Api) -> None:
    """A place that no operation gives is an error, not a failure of the store."""
    frame = {"StartTime": when(0), "EndTime": when(NOW)}
    places: list[list[Any]] = [[[], "x"], ["x"], [1.0, "x", 2]]
    for place in places:
        with pytest.raises(AwsError, match="NextToken: not a token that this operation gave"):
            api("GetTraceSummaries", **frame, NextToken=paging.token(frame, place))


@pytest.mark.parametrize("token", ["", "x", "bnVsbA==", "WzEsMl0=", "\ud800"])
def test_a_wrong_token(api: Api, token: str) -> None:
    """A token that the operation never gave is an error that names it."""
    with pytest.raises(AwsError, match="NextToken"):
        api("GetTraceSummaries", StartTime=when(0), EndTime=when(NOW), NextToken=token)


def test_a_token_of_another_question(api: Api) -> None:
    """A token goes on with the question that it was given for."""
    api.traces.put_many(segment(number, NOW) for number in range(501))
    token = api("GetTraceSummaries", StartTime=when(0), EndTime=when(NOW + 1))["NextToken"]
    with pytest.raises(AwsError, match="other parameters"):
        api("GetTraceSummaries", StartTime=when(0), EndTime=when(NOW + 1), FilterExpression="ok", NextToken=token)


def found(api: Api, kind: str, start: float, end: float) -> int:
    return len(api("GetTraceSummaries", StartTime=when(start), EndTime=when(end), TimeRangeType=kind)["TraceSummaries"])


@pytest.mark.parametrize(
    ("kind", "start", "end", "expected"),
    [
        # The id says 1499473411; the trace is at work from 1499473411.562 to 1499473414.794.
        ("TraceId", 1499473411, 1499473412, 1),
        ("TraceId", 1499473410, 1499473411, 0),
        ("TraceId", 1499473412, 1499473420, 0),
        ("Event", 1499473413, 1499473413.5, 1),
        ("Event", 1499473414.8, 1499473420, 0),
        ("Event", 1499473400, 1499473411.5, 0),
        ("Service", 1499473414.7, 1499473420, 1),
        ("Service", 1499473414.56, 1499473414.575, 1),  # the two segments of Lambda
        ("Service", 1499473411, 1499473414.5, 0),
    ],
)
def test_time_ranges(api: Api, kind: str, start: float, end: float, expected: int) -> None:
    """By the time in the trace's id, by activity in [start, end), and by the end of a segment."""
    api.traces.put_many({**sent, "trace_id": f"1-{1499473411:08x}-23fc5b688855d396af79b496"} for sent in SENT)
    assert found(api, kind, start, end) == expected


def test_an_id_without_a_time(api: Api) -> None:
    """An id that OpenTelemetry made has no time in it ("not required or validated"): the trace's start stands in."""
    api.traces.put({**segment(1, NOW), "trace_id": "1-4efaaf4d-1e8720b39541901950019ee5"})
    assert found(api, "TraceId", NOW, NOW + 1) == 1
    assert found(api, "TraceId", 0x4EFAAF4D, 0x4EFAAF4D + 1) == 0


def test_a_fixed_rate(api: Api) -> None:
    """Half of the traces, none of them, all of them, and the same ones again."""
    api.traces.put_many(segment(number, NOW) for number in range(400))

    def ids(rate: float) -> list[str]:
        strategy = {"Name": "FixedRate", "Value": rate}
        answer = api(
            "GetTraceSummaries", StartTime=when(NOW), EndTime=when(NOW + 1), Sampling=True, SamplingStrategy=strategy
        )
        return [one["Id"] for one in answer["TraceSummaries"]]

    assert (len(ids(0)), len(ids(1))) == (0, 400)
    assert 150 < len(ids(0.5)) < 250
    assert ids(0.5) == ids(0.5)
    with pytest.raises(AwsError, match=r"SamplingStrategy\.Value: 2 is not a number from 0 to 1"):
        ids(2)


def test_errors_of_a_filter(api: Api) -> None:
    """A filter that is wrong is an InvalidRequestException with its position; one that can't be known says so."""
    with pytest.raises(AwsError, match="at position 0: 'respnsetime' is no keyword") as refused:
        api.summaries("respnsetime > 5")
    assert refused.value.code == "InvalidRequestException"
    with pytest.raises(NotSupported, match="response time root causes"):
        api.summaries('rootcause.responsetime.entity { name = "a" }')
    api.traces.put_many(SENT)
    assert len(api.summaries()) == 1


def test_a_start_after_the_end(api: Api) -> None:
    """StartTime after EndTime is an error that names it."""
    with pytest.raises(AwsError, match=r"StartTime: .* is after EndTime"):
        api("GetTraceSummaries", StartTime=when(NOW), EndTime=when(NOW - 1))


def test_a_broken_trace(api: Api) -> None:
    """`traced`: "X-Ray considers the trace to be broken until the downstream service uploads a segment"."""
    call = {
        "id": "53995c3f42cd8ad8",
        "name": "api.example.com",
        "namespace": "remote",
        "start_time": NOW,
        "end_time": NOW + 1,
        "http": {"request": {"traced": True}},
    }
    first = segment(1, NOW, subsegments=[call])
    api.traces.put(first)
    assert [one["IsPartial"] for one in api.summaries()] == [True]
    api.traces.put({**segment(2, NOW), "trace_id": first["trace_id"], "parent_id": "53995c3f42cd8ad8"})
    assert [one["IsPartial"] for one in api.summaries()] == [False]


def test_a_status_without_a_mark(api: Api) -> None:
    """A response with 503 is a fault, one with 429 an error and a throttle, whether the sender says so or not."""
    for number, status in enumerate((503, 429)):
        api.traces.put(segment(number, NOW + number, http={"response": {"status": status}}))
    marks = [(one["HasFault"], one["HasError"], one["HasThrottle"]) for one in api.summaries()]
    assert marks == [(False, True, True), (True, False, False)]
    assert [len(one["FaultRootCauses"]) for one in api.summaries()] == [0, 1]


def test_throttles_anywhere_errors_at_the_root(api: Api) -> None:
    """HasThrottle: "one or more of the segment documents"; HasError and HasFault: "the root segment document"."""
    api.traces.put_many([SCOREKEEP, {**LAMBDA_SERVICE, "error": True, "throttle": True, "fault": True}])
    (summary,) = api.summaries()
    assert (summary["HasThrottle"], summary["HasError"], summary["HasFault"]) == (True, False, False)


def test_fifty_annotations(api: Api) -> None:
    """ "X-Ray indexes up to 50 annotations per trace": the rest is in the document, and in no summary or filter."""
    annotations = {f"key{number}": number for number in range(40)}
    api.traces.put(segment(1, NOW, annotations=annotations))
    more = {f"more{number}": True for number in range(40)}
    api.traces.put({**segment(2, NOW, annotations=more), "trace_id": segment(1, NOW)["trace_id"]})
    (summary,) = api.summaries()
    assert len(summary["Annotations"]) == 50
    assert len(api.summaries("annotation.more9")) == 1
    assert api.summaries("annotation.more10") == []


def test_kinds_of_annotations(api: Api) -> None:
    """A string, a number, a boolean; 1 and true under one key are two values."""
    api.traces.put(segment(1, NOW, annotations={"a": "text", "b": 124, "c": 1}))
    api.traces.put({**segment(2, NOW, annotations={"c": True}), "trace_id": segment(1, NOW)["trace_id"]})
    (summary,) = api.summaries()
    values = {key: [one["AnnotationValue"] for one in given] for key, given in summary["Annotations"].items()}
    assert values == {
        "a": [{"StringValue": "text"}],
        "b": [{"NumberValue": 124.0}],
        "c": [{"NumberValue": 1.0}, {"BooleanValue": True}],
    }


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"TimeRangeType": "Started"}, "TimeRangeType: 'Started' is not one of TraceId, Event, Service"),
        (
            {"SamplingStrategy": {"Name": "Half"}},
            "SamplingStrategy.Name: 'Half' is not one of PartialScan, FixedRate",
        ),
    ],
)
def test_other_values(api: Api, parameters: dict[str, Any], message: str) -> None:
    """A value that the API does not have is an error that names those that it has."""
    with pytest.raises(AwsError) as refused:
        api("GetTraceSummaries", StartTime=when(0), EndTime=when(NOW), **parameters)
    assert (refused.value.code, refused.value.message) == ("InvalidRequestException", message)


def test_a_partial_scan(api: Api) -> None:
    """ "A subset of available traces", and AWS does not say which: it may be all of them."""
    api.traces.put_many(segment(number, NOW) for number in range(10))
    frame = {"StartTime": when(NOW), "EndTime": when(NOW + 1), "Sampling": True}
    for strategy in ({}, {"SamplingStrategy": {"Name": "PartialScan", "Value": 0.1}}):
        assert len(api("GetTraceSummaries", **frame, **strategy)["TraceSummaries"]) == 10
