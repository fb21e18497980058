"""Metrics are declared once, and what CloudWatch would refuse is refused where it is declared."""

from __future__ import annotations

import pytest

from observability import Metric, Unit
from observability.catalogue import EMITTED
from observability.errors import MetricError


@pytest.mark.parametrize("name", ["", " Leading", ":Colon", "Line\nbreak", "Grüße", "x" * 256, 5])
def test_a_name_that_cloudwatch_refuses_is_refused(name: str) -> None:
    """A metric's name is 1 to 255 printable ASCII characters, no colon first (CloudWatch API, PutMetricData)."""
    with pytest.raises(MetricError, match="1 to 255 printable ASCII"):
        Metric(name, Unit.COUNT, "anything")


@pytest.mark.parametrize("name", ["service", "route", "status", "_aws", "duration_ms"])
def test_a_name_that_the_line_uses_is_refused(name: str) -> None:
    """EMF keeps a metric's value at the root of the line: a metric can't be called as one of the line's members."""
    with pytest.raises(MetricError, match="no member of the wide line"):
        Metric(name, Unit.COUNT, "anything")


def test_the_library_emits_these() -> None:
    """The library's own metrics and their units, which dashboards and alarms are built on."""
    assert {metric.name: metric.unit.value for metric in EMITTED} == {
        "Requests": "Count",
        "Latency": "Milliseconds",
        "Faults": "Count",
        "Errors": "Count",
        "Throttles": "Count",
        "ColdStarts": "Count",
        "InitDuration": "Milliseconds",
        "MemoryUsed": "Megabytes",
        "Cost": "None",
        "NearTimeouts": "Count",
        "TelemetryFailures": "Count",
    }


def test_units_are_cloudwatchs() -> None:
    """The units are those of CloudWatch's MetricDatum, all 27 of them (CloudWatch API reference, MetricDatum)."""
    assert {unit.value for unit in Unit} == {
        "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes",
        "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second",
        "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second",
        "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
    }  # fmt: skip
