"""A finished record becomes one line: literally this one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from observability import Metric, Record, Settings, Unit
from observability.constants import Constants
from observability.spans import Span
from observability.testing import SteppingClock
from observability.wide_event import lines

BOXES = Metric("Boxes", Unit.COUNT, "boxes packed")
WEIGHT = Metric("Weight", Unit.KILOBYTES, "what a box weighs")

IN_LAMBDA = Settings.from_env(
    {
        "POWERTOOLS_SERVICE_NAME": "items",
        "POWERTOOLS_METRICS_NAMESPACE": "Shop",
        "AWS_LAMBDA_FUNCTION_NAME": "items-fn",
        "AWS_LAMBDA_FUNCTION_VERSION": "7",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    }
)


class Recorder:
    def span_id(self) -> str:
        return "00000000000000aa"

    def late(self) -> None: ...


def a_record(*, status: int = 200, cold: bool = False) -> Record:
    """Half a second long, all facts known."""
    record = Record(Recorder(), SteppingClock(step=0.5), "items", cold_start=cold)
    record.request_id = "req-1"
    record.function_request_id = "fn-1"
    record.trace_id = "1-6955b900-000000000000000000000001"
    record.correlation_id = "corr-1"
    record.method, record.path, record.route = "GET", "/items/5", "/items/{item_id}"
    record.route_dimension = record.route
    record.cpu_ms, record.memory_mb = 1.5, 60.5
    record.status = status
    record.request_bytes, record.response_bytes = 12, 34
    record.client_ip, record.user_agent = "192.0.2.7", "curl/8"
    record.in_lambda = True
    record.remaining_ms = 2500
    record.ended = record.now()
    return record


def the_line(record: Record, settings: Settings = IN_LAMBDA) -> dict[str, Any]:
    (line,) = lines(record, Constants.of(settings))
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_warm_request_is_this_line() -> None:
    """One JSON object is the log and the metrics (CloudWatch Logs, "Specification: Embedded metric format")."""
    record = a_record()
    record.add(customer="c-9")
    record.count(BOXES, 2)
    record.count(BOXES)
    record.observe(WEIGHT, 1.5)
    record.observe(WEIGHT, 2.5)
    (line,) = lines(record, Constants.of(IN_LAMBDA))
    assert line == (
        '{"timestamp":"2026-01-01T00:00:00.500Z","level":"INFO","message":"GET /items/{item_id} 200","method":"GET",'
        '"route":"/items/{item_id}","status":200,"service":"items","function_name":"items-fn","function_version":"7",'
        '"function_memory_size":512,"request_id":"req-1","correlation_id":"corr-1",'
        '"xray_trace_id":"1-6955b900-000000000000000000000001","function_request_id":"fn-1","path":"/items/5",'
        '"duration_ms":500.000,"Latency":500.000,"cold_start":false,"Requests":1,"Faults":0,"Errors":0,"Throttles":0,'
        '"ColdStarts":0,"NearTimeouts":0,"TelemetryFailures":0,"request_bytes":12,"response_bytes":34,"cpu_ms":1.500,'
        '"memory_mb":60.5,"MemoryUsed":60.5,"cost_microdollars":4.3667,"Cost":4.3667,"remaining_ms":2500,'
        '"client_ip":"192.0.2.7","user_agent":"curl/8","customer":"c-9","Weight":[1.5, 2.5],"Boxes":3,'
        '"_aws":{"Timestamp":1767225600500,"CloudWatchMetrics":[{"Namespace":"Shop",'
        '"Dimensions":[["service"],["service","route"]],"Metrics":[{"Name":"Requests","Unit":"Count"},'
        '{"Name":"Faults","Unit":"Count"},{"Name":"Errors","Unit":"Count"},{"Name":"Throttles","Unit":"Count"},'
        '{"Name":"ColdStarts","Unit":"Count"},{"Name":"NearTimeouts","Unit":"Count"},'
        '{"Name":"Latency","Unit":"Milliseconds"},{"Name":"TelemetryFailures","Unit":"Count"},'
        '{"Name":"MemoryUsed","Unit":"Megabytes"},{"Name":"Cost","Unit":"None"},'
        '{"Name":"Weight","Unit":"Kilobytes"},{"Name":"Boxes","Unit":"Count"}]}]}}'
    )


def test_a_cold_start_says_how_long_init_took() -> None:
    """Only a cold start has init_ms and InitDuration, so that its statistics are of cold starts."""
    record = a_record(cold=True)
    record.init_ms = 250.0
    line = the_line(record)
    assert (line["cold_start"], line["init_ms"], line["ColdStarts"], line["InitDuration"]) == (True, 250.0, 1, 250.0)
    assert {"Name": "InitDuration", "Unit": "Milliseconds"} in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]


@pytest.mark.parametrize(
    ("status", "level", "faults", "errors", "throttles"),
    [
        (200, "INFO", 0, 0, 0),
        (304, "INFO", 0, 0, 0),
        (404, "WARNING", 0, 1, 0),
        (429, "WARNING", 0, 1, 1),
        (499, "WARNING", 0, 1, 0),
        (500, "ERROR", 1, 0, 0),
        (503, "ERROR", 1, 0, 0),
    ],
)
def test_the_status_decides_level_and_rates(status: int, level: str, faults: int, errors: int, throttles: int) -> None:
    """5xx are Faults, 4xx Errors, 429 Throttles too; each is 0 otherwise, so that its average is a rate."""
    line = the_line(a_record(status=status))
    assert (line["level"], line["Faults"], line["Errors"], line["Throttles"]) == (level, faults, errors, throttles)


def test_an_exception_is_a_fault_whatever_the_status() -> None:
    """An exception that nobody handled is a fault in line and metric although the client got 200."""
    record = a_record(status=200)
    with pytest.raises(ValueError, match="no such box") as caught:
        raise ValueError("no such box\nForged: line")
    record.fault(caught.value)
    record.fault(caught.value)
    line = the_line(record)
    assert (line["level"], line["Faults"], line["status"]) == ("ERROR", 1, 200)
    assert line["error_type"] == "ValueError"
    assert line["error_message"] == "no such box\nForged: line"
    assert line["error_stack"].startswith("Traceback (most recent call last):\n")
    assert line["error_stack"].endswith("ValueError: no such box\nForged: line\n")
    assert len(lines(record, Constants.of(IN_LAMBDA))[0].splitlines()) == 1


def test_an_exception_that_cannot_be_printed_is_still_named() -> None:
    """An exception whose own text raises costs the text, not the line."""

    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("mute")

    record = a_record(status=500)
    record.fault(MuteError())
    line = the_line(record)
    assert line["error_type"].endswith("MuteError")
    assert line["error_message"] == "(unprintable: RuntimeError)"


def test_a_field_that_shadows_a_member_is_kept_beside_it() -> None:
    """A field called as a member or as a metric of the line loses neither: it is fields.<name>."""
    record = a_record()
    record.add(status="shipped", Latency="low", _aws="mine", init_ms=3, Boxes="many", fine=1)
    record.count(BOXES)
    line = the_line(record)
    assert (line["status"], line["Latency"], line["Boxes"], line["fine"]) == (200, 500.0, 1, 1)
    assert line["fields.status"] == "shipped"
    assert line["fields.Latency"] == "low"
    assert line["fields._aws"] == "mine"
    assert line["fields.init_ms"] == 3
    assert line["fields.Boxes"] == "many"
    assert "init_ms" not in line


def test_a_value_that_is_not_json_costs_only_itself() -> None:
    """Such a value is repaired, counted in TelemetryFailures and named; the rest of the line is as it was."""
    record = a_record()
    record.add(bad=float("nan"), worse="\ud800", fine="yes")
    line = the_line(record)
    assert (line["bad"], line["worse"], line["fine"]) == ("nan", "\ufffd", "yes")
    assert line["TelemetryFailures"] == 2
    assert line["telemetry_errors"] == ["2 value(s) that JSON can't say"]
    assert {"Name": "TelemetryFailures", "Unit": "Count"} in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]


@pytest.mark.parametrize("value", ["3", None, True, float("nan"), float("inf"), 2**361])
def test_a_metric_value_that_is_no_number_is_counted_not_sent(value: Any) -> None:
    """CloudWatch takes numbers from -2^360 to 2^360; anything else would spoil the whole event for it."""
    record = a_record()
    record.observe(BOXES, value)
    record.count(BOXES, value)
    line = the_line(record)
    assert "Boxes" not in line
    assert line["TelemetryFailures"] == 2


@pytest.mark.parametrize("metric", ["Boxes", None, Metric("Requests", Unit.COUNT, "not the service's to count")])
def test_a_metric_that_is_not_declared_is_counted_not_sent(metric: Any) -> None:
    """Only the service's own declared metrics are sent: a name is none, and the library's are the library's."""
    record = a_record()
    record.count(metric)
    line = the_line(record)
    assert line["Requests"] == 1
    assert line["TelemetryFailures"] == 1


def test_outside_lambda_there_are_no_empty_members() -> None:
    """What isn't known is left out, not null."""
    record = a_record()
    record.in_lambda = False
    record.function_request_id = record.remaining_ms = record.user_agent = None
    line = the_line(record, Settings(service="items"))
    assert None not in line.values()
    assert not {"function_name", "function_request_id", "remaining_ms", "user_agent"} & line.keys()


def test_more_than_100_metrics_go_on_in_further_lines() -> None:
    """EMF: a directive takes 100 metrics. The others follow, in lines that carry the same ids and dimensions."""
    record = a_record()
    for n in range(250):
        record.count(Metric(f"M{n}", Unit.COUNT, "one of many"), n)
    found = [json.loads(line) for line in lines(record, Constants.of(IN_LAMBDA))]
    names = [[one["Name"] for one in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]] for line in found]
    assert all(len(some) <= 100 for some in names)
    assert [line["part"] for line in found] == ["1/3", "2/3", "3/3"]
    assert {line["request_id"] for line in found} == {"req-1"}
    assert {line["route"] for line in found} == {"/items/{item_id}"}
    values = {name: line[name] for line, some in zip(found, names, strict=True) for name in some}
    assert {f"M{n}": n for n in range(250)}.items() <= values.items()
    assert sum(name == "Requests" for some in names for name in some) == 1


def test_more_than_100_values_go_on_in_further_lines() -> None:
    """EMF: a metric takes 100 values an event. All 250 arrive, in their order."""
    record = a_record()
    for n in range(250):
        record.observe(WEIGHT, n)
    found = [json.loads(line) for line in lines(record, Constants.of(IN_LAMBDA))]
    assert [len(line["Weight"]) for line in found] == [100, 100, 50]
    assert [value for line in found for value in line["Weight"]] == list(range(250))


def test_more_than_a_megabyte_goes_on_in_further_lines() -> None:
    """EMF: an event has at most 1 MB. A long text goes on in the next lines; nothing of it is dropped."""
    record = a_record()
    long = "".join(chr(32 + n % 5000) for n in range(700_000))
    many = {f"f{n}": "x" * 90_000 for n in range(8)}
    record.add(long=long, rows=[list(range(1000))] * 400, **many)
    written = lines(record, Constants.of(IN_LAMBDA))
    assert all(len(line) <= 1_000_000 for line in written)
    found = [json.loads(line) for line in written]
    assert "".join(line.get("long", "") for line in found) == long
    assert json.loads("".join(line.get("rows", "") for line in found)) == [list(range(1000))] * 400
    assert all(any(line.get(name) == value for line in found) for name, value in many.items())
    assert sum("Requests" in line for line in found) == 1


def test_a_value_counted_and_observed_keeps_both() -> None:
    """The sum of the counts is one more value beside the observed ones."""
    record = a_record()
    record.observe(BOXES, 5)
    record.count(BOXES, 2)
    assert the_line(record)["Boxes"] == [5, 2]


def test_in_lambda_the_duration_includes_what_came_after_the_answer() -> None:
    """In Lambda the client waits for background tasks; elsewhere it has had its answer by then."""
    record = a_record()
    record.answered = record.started + 0.125
    assert record.duration_ms() == 500.0
    record.in_lambda = False
    assert record.duration_ms() == 125.0


def test_a_span_holds_no_place_in_the_line() -> None:
    """Spans go to the trace only."""
    record = a_record()
    record.root.children.append(Span("inner", "00000000000000bb", 0.0))
    assert "inner" not in json.dumps(the_line(record))
