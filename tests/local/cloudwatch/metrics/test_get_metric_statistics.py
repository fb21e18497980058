"""GetMetricStatistics (API reference), and "Amazon CloudWatch concepts" for units, periods and dimensions."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.local.cloudwatch.metrics.laptop import HOUR, MINUTE, NOW, Laptop


def statistics(
    laptop: Laptop, *, period: int = 60, start: datetime = NOW - HOUR, end: datetime = NOW, **more: Any
) -> list[dict[str, Any]]:
    asked = {"Namespace": "App", "MetricName": "m", "Statistics": ["Sum"], **more}
    if "ExtendedStatistics" in asked and "Statistics" not in more:
        del asked["Statistics"]
    found = laptop.call("GetMetricStatistics", StartTime=start, EndTime=end, Period=period, **asked)
    assert found["Label"] == asked["MetricName"]
    datapoints: list[dict[str, Any]] = found["Datapoints"]
    return datapoints


def test_all_five_statistics(laptop: Laptop) -> None:
    """Each datapoint has what was asked for, its unit, and the beginning of its period."""
    for second, value in ((0, 4), (10, 1), (59, 4)):
        laptop.put("App", "m", value, NOW - 10 * MINUTE + timedelta(seconds=second), Unit="Count")
    names = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]
    assert statistics(laptop, Statistics=names) == [
        {
            "Timestamp": NOW - 10 * MINUTE,
            "SampleCount": 3,
            "Average": 3,
            "Sum": 9,
            "Minimum": 1,
            "Maximum": 4,
            "Unit": "Count",
        }
    ]


def test_extended_statistics(laptop: Laptop) -> None:
    """Percentiles and the like come by their names."""
    for value in range(1, 101):
        laptop.put("App", "m", value, NOW - 10 * MINUTE)
    names = ["p90", "p99.5", "tm90", "TM(10%:90%)", "PR(:25)", "IQM"]
    assert statistics(laptop, ExtendedStatistics=names)[0]["ExtendedStatistics"] == {
        "p90": 90,
        "p99.5": 100,
        "tm90": 45.5,
        "TM(10%:90%)": 50.5,
        "PR(:25)": 25,
        "IQM": 50.5,
    }


def test_units_are_streams_of_their_own(laptop: Laptop) -> None:
    """ "If you have two otherwise identical metrics with different units, two separate data streams are returned, one
    for each unit"; "If you specify a unit, the operation returns only data that was collected with that unit".
    """
    laptop.put("App", "m", 3, NOW - 10 * MINUTE, Unit="Seconds")
    laptop.put("App", "m", 3000, NOW - 10 * MINUTE, Unit="Milliseconds")
    laptop.put("App", "m", 5, NOW - 10 * MINUTE)
    assert [(point["Unit"], point["Sum"]) for point in statistics(laptop)] == [
        ("Milliseconds", 3000),
        ("None", 5),
        ("Seconds", 3),
    ]
    assert [point["Sum"] for point in statistics(laptop, Unit="Seconds")] == [3]
    assert [point["Sum"] for point in statistics(laptop, Unit="None")] == [5]
    assert statistics(laptop, Unit="Percent") == []


def test_dimension_combinations(laptop: Laptop) -> None:
    """The four ServerStats metrics of "Dimension combinations": statistics for what was published, in any order of the
    dimensions, and for nothing else.
    """
    published = [("Prod", "Frankfurt", 105), ("Beta", "Frankfurt", 115), ("Prod", "Rio", 95), ("Beta", "Rio", 97)]
    for server, domain, value in published:
        dimensions = [{"Name": "Server", "Value": server}, {"Name": "Domain", "Value": domain}]
        laptop.put("App", "m", value, NOW - 10 * MINUTE, Dimensions=dimensions, Unit="Count")
    for server, domain, value in published:
        dimensions = [{"Name": "Domain", "Value": domain}, {"Name": "Server", "Value": server}]
        assert [point["Sum"] for point in statistics(laptop, Dimensions=dimensions)] == [value]
    for name, value_of in (("Server", "Prod"), ("Server", "Beta"), ("Domain", "Frankfurt"), ("Domain", "Rio")):
        assert statistics(laptop, Dimensions=[{"Name": name, "Value": value_of}]) == []
    assert statistics(laptop) == []


def test_start_is_rounded_down_to_the_minute(laptop: Laptop) -> None:
    """ "12:32:34 is rounded down to 12:32:00", and periods go on from there; the end is exclusive."""
    start = NOW - timedelta(minutes=27, seconds=26)  # 11:32:34
    for minutes in (31, 32, 36, 37, 41, 42):
        laptop.put("App", "m", minutes, NOW.replace(hour=11, minute=minutes))
    found = statistics(laptop, period=300, start=start, end=NOW.replace(hour=11, minute=42))
    assert [(point["Timestamp"].minute, point["Sum"]) for point in found] == [(32, 68), (37, 78)]


def test_periods_below_a_minute(laptop: Laptop) -> None:
    """ "if you make a query at (HH:mm:ss) 01:05:23 for the previous 10-second period, the start time of your request is
    rounded down and you receive data from 01:05:10 to 01:05:20".
    """
    for second in (9, 10, 19, 20, 22):
        laptop.put("App", "m", second, NOW.replace(hour=11, minute=5, second=second), StorageResolution=1)
    start, end = NOW.replace(hour=11, minute=5, second=13), NOW.replace(hour=11, minute=5, second=23)
    found = statistics(laptop, period=10, start=start, end=end)
    assert [(point["Timestamp"].second, point["Sum"]) for point in found] == [(10, 29), (20, 42)]


def test_standard_resolution_has_no_periods_below_a_minute(laptop: Laptop) -> None:
    """ "Only custom metrics that you define with a storage resolution of 1 second support sub-minute periods"."""
    laptop.put("App", "m", 1, NOW - MINUTE)
    laptop.put("App", "m", 2, NOW - MINUTE, StorageResolution=1)
    assert [point["Sum"] for point in statistics(laptop, period=1, start=NOW - 2 * MINUTE)] == [2]
    assert [point["Sum"] for point in statistics(laptop, period=60)] == [3]


def test_1440_datapoints_at_most(laptop: Laptop) -> None:
    """ "The maximum number of data points returned from a single call is 1,440." The message is AWS's."""
    assert statistics(laptop, start=NOW - timedelta(days=1)) == []
    asked = {"Namespace": "App", "MetricName": "m", "Statistics": ["Sum"], "Period": 60}
    assert laptop.refused(
        "GetMetricStatistics", StartTime=NOW - timedelta(hours=26, minutes=48), EndTime=NOW, **asked
    ) == (
        "InvalidParameterCombination",
        (
            "You have requested up to 1,608 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints"
            " requested by increasing Period, or decreasing the time range."
        ),
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Period": 7}, "InvalidParameterValue"),
        ({"Period": 90}, "InvalidParameterValue"),
        ({"Period": 60 * 2**60}, "InvalidParameterValue"),
        ({"EndTime": NOW - HOUR}, "InvalidParameterValue"),
        ({"Statistics": ["p90"]}, "InvalidParameterValue"),
        ({"Statistics": ["Median"]}, "InvalidParameterValue"),
        ({"Unit": "Bananas"}, "InvalidParameterValue"),
        ({"Statistics": ["Sum"] * 6}, "InvalidParameterValue"),
        ({"ExtendedStatistics": ["p90"]}, "InvalidParameterCombination"),
    ],
)
def test_refused(laptop: Laptop, more: dict[str, Any], code: str) -> None:
    """Codes as the API reference lists them; one of Statistics and ExtendedStatistics, not both."""
    asked = {"Namespace": "App", "MetricName": "m", "Statistics": ["Sum"], "Period": 60}
    times = {"StartTime": NOW - HOUR, "EndTime": NOW}
    assert laptop.refused("GetMetricStatistics", **{**asked, **times, **more})[0] == code


def test_no_statistic(laptop: Laptop) -> None:
    """ "you must specify either Statistics or ExtendedStatistics"."""
    asked = {"Namespace": "App", "MetricName": "m", "Period": 60, "StartTime": NOW - HOUR, "EndTime": NOW}
    assert laptop.refused("GetMetricStatistics", **asked)[0] == "InvalidParameterCombination"


@pytest.mark.parametrize("name", ["Sum", "p101", "TM90", "average"])
def test_extended_statistics_that_are_none(laptop: Laptop, name: str) -> None:
    """ExtendedStatistics takes neither the five plain ones nor what is no statistic."""
    asked = {"Namespace": "App", "MetricName": "m", "ExtendedStatistics": [name], "Period": 60}
    code, message = laptop.refused("GetMetricStatistics", StartTime=NOW - HOUR, EndTime=NOW, **asked)
    assert (code, message) == (
        "InvalidParameterValue",
        f"The value {name} for parameter ExtendedStatistics.member.1 is not valid.",
    )
