"""The metrics that API Gateway and Lambda publish.

Expectations are from the AWS pages "Amazon API Gateway dimensions and metrics", "Types of metrics for Lambda functions"
and "Monitoring concurrency".
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.aws.feed import Feed
from local.aws.gathered import Gathered, Measurement
from local.aws.messages import (
    CONFIGURATION,
    DOCUMENT,
    INVOCATION,
    LOG,
    OTLP,
    REQUEST,
    Configuration,
    GatewayRequest,
    write_log,
    write_row,
)
from local.aws.parts import Parts
from local.lambda_runtime.measured import Measured
from local.logs import LogEvent, LogSource

AT = 1_764_119_005_000  # 2025-11-26T01:03:25Z
MINUTE = datetime(2025, 11, 26, 1, 3, tzinfo=UTC)


class Taker:
    """Remembers, and fails when it is told to."""

    def __init__(self) -> None:
        self.batches: list[Any] = []
        self.metrics: list[tuple[str, Any]] = []
        self.broken = False

    def put(self, *what: Any) -> None:
        if self.broken:
            raise ValueError("broken")
        if len(what) == 2:
            self.metrics.append((what[0], what[1]))
        else:
            self.batches.append(what[0])

    def put_many(self, documents: Any) -> None:
        self.put(list(documents))

    def put_otlp(self, request: Any, *, sampled: bool) -> None:
        self.batches.append((request, sampled))


def fed(*lines: bytes, detailed: bool = False) -> dict[tuple[str, str], dict[str, Any]]:
    """What the lines publish: (metric, its dimensions as text) -> unit, values, counts."""
    taker = Taker()
    parts = Parts()
    parts.metrics.append(taker)
    feed = Feed(parts, pytest.fail)
    configuration = Configuration("items", "shöp", "a1b2c3", "dev", detailed_metrics=detailed)
    feed.take([CONFIGURATION + write_row(configuration), *lines])
    feed.publish(0.0)
    found = {}
    for namespace, data in taker.metrics:
        for datum in data:
            dimensions = ",".join(f"{each['Name']}={each['Value']}" for each in datum["Dimensions"])
            assert datum["Timestamp"] == MINUTE
            found[f"{namespace} {datum['MetricName']}", dimensions] = {
                "unit": datum["Unit"],
                **dict(zip(datum["Values"], datum["Counts"], strict=True)),
            }
    return found


def request(status: int, *, resource: str | None = "/items/{id}", integration: float | None = 11.6) -> bytes:
    return REQUEST + write_row(GatewayRequest(AT, resource, "GET", status, 12.4, integration))


def invocation(**more: Any) -> bytes:
    return INVOCATION + write_row(
        Measured("items", more.pop("resource", "items"), AT, more.pop("concurrency", 1), **more)
    )


def test_api_gateway_by_api_and_by_stage() -> None:
    """Count is 1 a request, the errors 0 or 1 (their Average is the error rate), latencies in milliseconds."""
    found = fed(request(200), request(404), request(502), request(200))
    assert {dimensions for _, dimensions in found} == {"ApiName=shp", "ApiName=shp,Stage=dev"}
    for dimensions in ("ApiName=shp", "ApiName=shp,Stage=dev"):
        assert found["AWS/ApiGateway Count", dimensions] == {"unit": "Count", 1.0: 4.0}
        assert found["AWS/ApiGateway 4XXError", dimensions] == {"unit": "Count", 0.0: 3.0, 1.0: 1.0}
        assert found["AWS/ApiGateway 5XXError", dimensions] == {"unit": "Count", 0.0: 3.0, 1.0: 1.0}
        assert found["AWS/ApiGateway Latency", dimensions] == {"unit": "Milliseconds", 12.0: 4.0}
        assert found["AWS/ApiGateway IntegrationLatency", dimensions] == {"unit": "Milliseconds", 12.0: 4.0}


def test_detailed_metrics_are_by_method_too() -> None:
    """ApiName, Method, Resource, Stage: only where they are on, and only for requests that met a method."""
    found = fed(request(200), request(403, resource=None, integration=None), detailed=True)
    detailed = "ApiName=shp,Method=GET,Resource=/items/{id},Stage=dev"
    assert found["AWS/ApiGateway Count", detailed] == {"unit": "Count", 1.0: 1.0}
    assert found["AWS/ApiGateway Count", "ApiName=shp"] == {"unit": "Count", 1.0: 2.0}
    assert found["AWS/ApiGateway IntegrationLatency", "ApiName=shp"] == {"unit": "Milliseconds", 12.0: 1.0}


def test_lambda_by_function_by_resource_and_over_all() -> None:
    """Invocations 1, Errors and Throttles 0 or 1, Duration in milliseconds, ConcurrentExecutions."""
    found = fed(
        invocation(duration_ms=10.256, concurrency=2),
        invocation(duration_ms=20.0, failed=True, resource="items:live"),
        invocation(throttled=True, concurrency=3),
    )
    assert {dimensions for _, dimensions in found} == {
        "",
        "FunctionName=items",
        "FunctionName=items,Resource=items",
        "FunctionName=items,Resource=items:live",
    }
    for dimensions in ("", "FunctionName=items"):
        assert found["AWS/Lambda Invocations", dimensions] == {"unit": "Count", 1.0: 2.0}
        assert found["AWS/Lambda Errors", dimensions] == {"unit": "Count", 0.0: 1.0, 1.0: 1.0}
        assert found["AWS/Lambda Throttles", dimensions] == {"unit": "Count", 0.0: 2.0, 1.0: 1.0}
        assert found["AWS/Lambda Duration", dimensions] == {"unit": "Milliseconds", 10.26: 1.0, 20.0: 1.0}
        assert found["AWS/Lambda ConcurrentExecutions", dimensions] == {"unit": "Count", 2.0: 1.0, 1.0: 1.0, 3.0: 1.0}
    assert found["AWS/Lambda Errors", "FunctionName=items,Resource=items:live"] == {"unit": "Count", 1.0: 1.0}


def test_lambda_by_executed_version() -> None:
    """Of an alias's invocations by the version too, beside the alias as a whole.

    AWS page "View metrics for Lambda functions", By Executed Version: "View metrics for a combination of alias and
    version." "Use the ExecutedVersion dimension to compare error rates for two versions of a function that are both
    targets of a weighted alias."
    """
    found = fed(
        invocation(resource="items:live", executed_version="1", duration_ms=10.0),
        invocation(resource="items:live", executed_version="1", duration_ms=10.0),
        invocation(resource="items:live", executed_version="2", duration_ms=20.0, failed=True),
        invocation(resource="items:live", executed_version="2", throttled=True),
        invocation(resource="items:2", duration_ms=30.0),
    )
    alias, number = "FunctionName=items,Resource=items:live", "FunctionName=items,Resource=items:2"
    first, second = f"ExecutedVersion=1,{alias}", f"ExecutedVersion=2,{alias}"
    assert {dimensions for _, dimensions in found} == {"", "FunctionName=items", alias, number, first, second}
    assert found["AWS/Lambda Invocations", alias] == {"unit": "Count", 1.0: 3.0}
    assert found["AWS/Lambda Invocations", first] == {"unit": "Count", 1.0: 2.0}
    assert found["AWS/Lambda Errors", first] == {"unit": "Count", 0.0: 2.0}
    assert found["AWS/Lambda Errors", second] == {"unit": "Count", 1.0: 1.0}
    assert found["AWS/Lambda Throttles", second] == {"unit": "Count", 0.0: 1.0, 1.0: 1.0}
    assert found["AWS/Lambda Duration", second] == {"unit": "Milliseconds", 20.0: 1.0}


def test_provisioned_concurrency() -> None:
    """For the version or alias that has it: invocations on it and beside it, and how much of it is used."""
    found = fed(
        invocation(resource="items:live", provisioned=True, busy=1, allocated=2),
        invocation(resource="items:live", provisioned=False, busy=2, allocated=2, executed_version="1"),
        invocation(),
    )
    live = "FunctionName=items,Resource=items:live"
    assert found["AWS/Lambda ProvisionedConcurrencyInvocations", live] == {"unit": "Count", 1.0: 1.0, 0.0: 1.0}
    assert found["AWS/Lambda ProvisionedConcurrencySpilloverInvocations", live] == {"unit": "Count", 0.0: 1.0, 1.0: 1.0}
    assert found["AWS/Lambda ProvisionedConcurrencyUtilization", live] == {"unit": "None", 0.5: 1.0, 1.0: 1.0}
    assert found["AWS/Lambda ProvisionedConcurrentExecutions", live] == {"unit": "Count", 1.0: 1.0, 2.0: 1.0}
    assert {dimensions for metric, dimensions in found if "Provisioned" in metric} == {live}


def test_more_than_150_values_are_several_data() -> None:
    """API reference, PutMetricData: up to 150 values per metric; nothing is averaged away."""
    gathered = Gathered()
    gathered.add([Measurement("Duration", "Milliseconds", value) for value in range(301)], [()], AT)
    data = gathered.take()
    assert [len(datum["Values"]) for datum in data] == [150, 150, 1]
    assert sum(sum(datum["Values"]) for datum in data) == 45150
    assert gathered.take() == []


def test_what_is_of_one_kind_is_one_batch_in_its_order() -> None:
    """Log events are one put(), documents one put_many(), whatever came between them; OTLP comes with its sampling."""
    logs, traces = Taker(), Taker()
    parts = Parts()
    parts.logs.append(logs)
    parts.traces.append(traces)
    events = [LogEvent("g", "s", number, "m", LogSource.FUNCTION) for number in range(3)]
    first, second, third = (LOG + write_log(event) for event in events)
    otlp = OTLP + b'{"sampled":false,"resourceSpans":[]}'
    Feed(parts, pytest.fail).take([first, second, DOCUMENT + b'{"id":"a"}', DOCUMENT + b'{"id":"b"}', otlp, third])
    assert logs.batches == [events]
    assert traces.batches == [[{"id": "a"}, {"id": "b"}], ({"resourceSpans": []}, False)]


def test_a_taker_that_fails_is_told_of_once_and_the_feed_goes_on() -> None:
    """One broken room must not take the others with it."""
    broken, logs = Taker(), Taker()
    broken.broken = True
    parts = Parts()
    parts.traces.append(broken)
    parts.logs.append(logs)
    told: list[str] = []
    feed = Feed(parts, told.append)
    for _ in range(2):
        feed.take([DOCUMENT + b"{}", LOG + write_log(LogEvent("g", "s", 1, "m", LogSource.FUNCTION))])
    assert len(logs.batches) == 2
    assert len(told) == 1
    assert "1 messages were not taken: ValueError('broken')" in told[0]
