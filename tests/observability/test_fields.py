"""The catalogue and the lines tell the same: no member of a line that it doesn't explain, none that never comes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from observability import Metric, Record, Settings, Unit
from observability.catalogue import EMITTED, FIELDS
from observability.constants import Constants
from observability.deadline import NearTimeoutError
from observability.testing import SteppingClock
from observability.wide_event import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

BOXES = Metric("Boxes", Unit.COUNT, "boxes packed")

IN_LAMBDA = Settings.from_env(
    {
        "AWS_LAMBDA_FUNCTION_NAME": "items-fn",
        "AWS_LAMBDA_FUNCTION_VERSION": "7",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    }
)


class Recorder:
    def span_id(self) -> str:
        return "00000000000000aa"

    def late(self) -> None: ...


def records() -> Iterator[Record]:
    """One of which nothing is known; then one with everything that a line can have."""
    clock = SteppingClock(step=0.5)
    yield Record(Recorder(), clock, "items", cold_start=False)
    record = Record(Recorder(), clock, "items", cold_start=True)
    record.in_lambda = record.client_disconnected = record.near_timeout = True
    record.request_id = record.function_request_id = record.correlation_id = "an-id"
    record.init_ms = record.cpu_ms = record.memory_mb = 1.0
    record.remaining_ms = 1
    record.client_ip = record.user_agent = "a"
    record.failed("something")
    record.fault(NearTimeoutError([], 100))
    for n in range(101):
        record.observe(BOXES, n)
    yield record


def members() -> list[set[str]]:
    texts = [lines(record, Constants.of(IN_LAMBDA)) for record in records()]
    return [{name for text in some for name in json.loads(text)} for some in texts]


def test_every_member_is_in_the_catalogue_and_every_entry_in_a_line() -> None:
    """The fullest lines have exactly the catalogue's members, beside the metrics that are theirs."""
    _, fullest = members()
    assert fullest == FIELDS.keys() | {metric.name for metric in EMITTED} | {"Boxes"}


def test_a_record_of_which_nothing_is_known_has_a_line() -> None:
    """It is JSON with the members that every line has."""
    barest, _ = members()
    assert {"level", "timestamp", "service", "route", "status", "duration_ms", "_aws"} <= barest
    assert not {"init_ms", "cpu_ms", "memory_mb", "remaining_ms", "cost_microdollars", "part", "error_type"} & barest


def test_every_metric_that_a_line_has_is_defined_in_it_and_the_other_way_round() -> None:
    """CloudWatch takes a metric that the directive defines and the line has; either alone is nothing, or an error."""
    names = {metric.name for metric in EMITTED} | {"Boxes"}
    for record in records():
        for text in lines(record, Constants.of(IN_LAMBDA)):
            line = json.loads(text)
            defined = [one["Name"] for part in line["_aws"]["CloudWatchMetrics"] for one in part["Metrics"]]
            assert sorted(defined) == sorted(names & line.keys())
