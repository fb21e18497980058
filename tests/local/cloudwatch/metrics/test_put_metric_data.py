"""PutMetricData: what it takes, and what it refuses in AWS's words (API reference: PutMetricData, MetricDatum)."""

from datetime import timedelta
from typing import Any

import pytest

from local.errors import AwsError, NotSupported
from tests.local.cloudwatch.metrics.laptop import HOUR, MINUTE, NOW, Laptop, query

AT = NOW - 10 * MINUTE
M = "MetricData.member.1"


def values(laptop: Laptop, statistic: str, period: int = 60) -> list[float]:
    found: list[float] = laptop.data(query("m1", "App", "m", statistic, period))[0]["Values"]
    return found


def put(laptop: Laptop, **datum: Any) -> None:
    laptop.call("PutMetricData", Namespace="App", MetricData=[{"MetricName": "m", "Timestamp": AT, **datum}])


def test_single_values_are_aggregated(laptop: Laptop) -> None:
    """ "You can publish as many data points as you want with the same or similar time stamps"."""
    for value in (1, 2, 9):
        put(laptop, Value=value)
    expected = {"SampleCount": 3, "Sum": 12, "Average": 4, "Minimum": 1, "Maximum": 9, "p50": 2, "p100": 9}
    assert {name: values(laptop, name) for name in expected} == {name: [value] for name, value in expected.items()}


def test_values_with_counts(laptop: Laptop) -> None:
    """Values and Counts are as many samples, percentiles included; without Counts each is one."""
    put(laptop, Values=[10.0, 20.0], Counts=[9.0, 1.0])
    put(laptop, Values=[20.0, 30.0])
    expected = {"SampleCount": 12, "Sum": 160, "Minimum": 10, "Maximum": 30, "p75": 10, "p90": 20, "p100": 30}
    assert {name: values(laptop, name) for name in expected} == {name: [value] for name, value in expected.items()}


def test_150_values_are_taken(laptop: Laptop) -> None:
    """Up to 150 values in a datum."""
    put(laptop, Values=[float(n) for n in range(1, 151)])
    assert values(laptop, "p50") == [75]
    put_151 = {"MetricName": "m", "Values": [1.0] * 151}
    assert laptop.refused("PutMetricData", Namespace="App", MetricData=[put_151]) == (
        "InvalidParameterValue",
        f"The collection {M}.Values must not have a size greater than 150.",
    )


def test_statistic_sets(laptop: Laptop) -> None:
    """They add to the plain statistics, and have no percentiles (PutMetricData)."""
    put(laptop, StatisticValues={"SampleCount": 3, "Sum": 30, "Minimum": 5, "Maximum": 20})
    put(laptop, Value=2)
    expected = {"SampleCount": 4, "Sum": 32, "Average": 8, "Minimum": 2, "Maximum": 20}
    assert {name: values(laptop, name) for name in expected} == {name: [value] for name, value in expected.items()}
    assert values(laptop, "p50") == []


def test_statistic_sets_of_one_value_have_percentiles(laptop: Laptop) -> None:
    """ "The SampleCount value of the statistic set is 1 and Min, Max, and Sum are all equal", or "The Min and Max are
    equal, and Sum is equal to Min multiplied by SampleCount".
    """
    put(laptop, StatisticValues={"SampleCount": 1, "Sum": 7, "Minimum": 7, "Maximum": 7})
    put(laptop, StatisticValues={"SampleCount": 3, "Sum": 12, "Minimum": 4, "Maximum": 4})
    assert (values(laptop, "p75"), values(laptop, "p76")) == ([4], [7])
    put(laptop, StatisticValues={"SampleCount": 10, "Sum": sum([0.1] * 10), "Minimum": 0.1, "Maximum": 0.1})
    assert values(laptop, "p50") == [0.1]


def test_now_is_the_timestamp_of_what_has_none(laptop: Laptop) -> None:
    """ "If you do not provide a time stamp, CloudWatch creates a time stamp for you"."""
    laptop.call("PutMetricData", Namespace="App", MetricData=[{"MetricName": "m", "Value": 5}])
    assert laptop.data(query("m1", "App", "m"), start=NOW, end=NOW + MINUTE)[0]["Timestamps"] == [NOW]


def test_two_weeks_back_and_two_hours_ahead(laptop: Laptop) -> None:
    """The time stamp can be up to two weeks in the past and up to two hours into the future."""
    for at in (NOW - timedelta(days=14), NOW + 2 * HOUR):
        put(laptop, Value=1, Timestamp=at)
    late = {"MetricName": "m", "Value": 1, "Timestamp": NOW - timedelta(days=14, seconds=1)}
    assert laptop.refused("PutMetricData", Namespace="App", MetricData=[late]) == (
        "InvalidParameterValue",
        f"The parameter {M}.Timestamp must specify a time within the past two weeks.",
    )
    early = {"MetricName": "m", "Value": 1, "Timestamp": NOW + timedelta(hours=2, seconds=1)}
    assert laptop.refused("PutMetricData", Namespace="App", MetricData=[early])[0] == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("datum", "code", "message"),
    [
        (
            {"Value": 1.5, "Values": [1.0, 10.0]},
            "InvalidParameterCombination",
            f"The parameters {M}.Value and {M}.Values are mutually exclusive and you have specified both.",
        ),
        (
            {"Values": [1.0, 10.0], "Counts": [2.0, 4.0, 5.0]},
            "InvalidParameterValue",
            f"The parameters {M}.Values and {M}.Counts must be of the same size.",
        ),
        (
            {"Value": 1.5, "StatisticValues": {"SampleCount": 10, "Sum": 55, "Minimum": 1, "Maximum": 10}},
            "InvalidParameterCombination",
            f"The parameters {M}.Value and {M}.StatisticValues are mutually exclusive and you have specified both.",
        ),
        (
            {"StatisticValues": {"SampleCount": 10, "Sum": 55, "Minimum": 1, "Maximum": 10}, "Counts": [1.0]},
            "InvalidParameterCombination",
            f"The parameters {M}.StatisticValues and {M}.Counts are mutually exclusive and you have specified both.",
        ),
        ({"Values": []}, "MissingParameter", f"The parameter {M}.Values is required."),
        (
            {},
            "MissingParameter",
            f"At least one of the parameters {M}.Value, {M}.Values or {M}.StatisticValues must be specified.",
        ),
        (
            {"Value": 1, "Dimensions": [{"Name": f"d{n}", "Value": "x"} for n in range(31)]},
            "InvalidParameterValue",
            f"The collection {M}.Dimensions must not have a size greater than 30.",
        ),
        (
            {"Value": 1, "Dimensions": [{"Name": "d" * 256, "Value": "x"}]},
            "InvalidParameterValue",
            f"The parameter {M}.Dimensions.member.1.Name must be shorter than 256 characters.",
        ),
        (
            {"Value": 1, "Dimensions": [{"Name": "d", "Value": "x" * 1025}]},
            "InvalidParameterValue",
            f"The parameter {M}.Dimensions.member.1.Value must be shorter than 1025 characters.",
        ),
        (
            {"Value": 1, "StorageResolution": 5},
            "InvalidParameterValue",
            f"The parameter {M}.StorageResolution must be 1 or 60, not 5.",
        ),
        (
            {"MetricName": "m" * 256, "Value": 1},
            "InvalidParameterValue",
            f"The parameter {M}.MetricName must be shorter than 256 characters.",
        ),
    ],
)
def test_refused_in_words_of_aws(laptop: Laptop, datum: dict[str, Any], code: str, message: str) -> None:
    """Codes as the API reference lists them; the first three messages as recorded from AWS in LocalStack's tests."""
    data = [{"MetricName": "m", **datum}]
    assert laptop.refused("PutMetricData", Namespace="App", MetricData=data) == (code, message)


@pytest.mark.parametrize(
    "datum",
    [
        {"Value": float("nan")},
        {"Value": float("inf")},
        {"Value": -(2.0**361)},
        {"Values": [1.0, float("nan")]},
        {"Values": [1.0], "Counts": [0.0]},
        {"Values": [1.0], "Counts": [-1.0]},
        {"Value": 1, "Unit": "Bananas"},
        {"MetricName": "a\x00b", "Value": 1},
        {"MetricName": "\ud800", "Value": 1},
        {"Value": 1, "Dimensions": [{"Name": ":d", "Value": "x"}]},
        {"Value": 1, "Dimensions": [{"Name": "d", "Value": "é"}]},
        {"Value": 1, "Dimensions": [{"Name": "d\n", "Value": "x"}]},
        {"Value": 1, "Dimensions": [{"Name": "d", "Value": " "}]},
        {"Value": 1, "Dimensions": [{"Name": "d", "Value": "x"}, {"Name": "d", "Value": "y"}]},
        {"StatisticValues": {"SampleCount": 2, "Sum": 3, "Minimum": 2, "Maximum": 1}},
        {"StatisticValues": {"SampleCount": 0, "Sum": 3, "Minimum": 1, "Maximum": 2}},
        {"StatisticValues": {"SampleCount": 1, "Sum": float("nan"), "Minimum": 1, "Maximum": 2}},
    ],
)
def test_bad_values(laptop: Laptop, datum: dict[str, Any]) -> None:
    """ "The value of an input parameter is bad or out-of-range", as PutMetricData and Dimension describe them."""
    data = [{"MetricName": "m", **datum}]
    assert laptop.refused("PutMetricData", Namespace="App", MetricData=data)[0] == "InvalidParameterValue"


def test_bounds_are_taken(laptop: Laptop) -> None:
    """ "Values must be in the range of -2^360 to 2^360"; 30 dimensions; a value may begin with a colon."""
    dimensions = [{"Name": f"d{n}", "Value": ":x"} for n in range(30)]
    laptop.put("App", "m", 2.0**360, Dimensions=dimensions)
    laptop.put("App", "m", -(2.0**360), Dimensions=[{"Name": "d" * 255, "Value": "x" * 1024}])
    assert len(laptop.call("ListMetrics")["Metrics"]) == 2


def test_names_in_any_language(laptop: Laptop) -> None:
    """A metric's name has "valid XML characters" ("Amazon CloudWatch concepts"); only dimensions are ASCII."""
    laptop.put("App", "Größe 大小", 3, AT)
    assert laptop.data(query("m1", "App", "Größe 大小"))[0]["Values"] == [3]


def test_nothing_is_stored_of_a_call_that_is_refused(laptop: Laptop) -> None:
    """A call is taken as a whole."""
    data = [{"MetricName": "m", "Value": 1}, {"MetricName": "m", "Value": float("nan")}]
    assert laptop.refused("PutMetricData", Namespace="App", MetricData=data)[1].startswith(
        "The value nan for parameter MetricData.member.2.Value is invalid."
    )
    assert laptop.call("ListMetrics")["Metrics"] == []


def test_size_of_a_call(laptop: Laptop) -> None:
    """ "no more than 1000 metrics per call", and at least one."""
    data = [{"MetricName": "m", "Value": 1}] * 1001
    assert laptop.refused("PutMetricData", Namespace="App", MetricData=data) == (
        "InvalidParameterValue",
        "The collection MetricData must not have a size greater than 1000.",
    )
    assert laptop.refused("PutMetricData", Namespace="App") == (
        "MissingParameter",
        "The parameter MetricData is required.",
    )
    laptop.call("PutMetricData", Namespace="App", MetricData=data[:1000])


@pytest.mark.parametrize("namespace", ["AWS/Lambda", "AWS/", ":mine", "x" * 256, "Ünïcode", "a\x00b"])
def test_namespaces_that_are_refused(laptop: Laptop, namespace: str) -> None:
    """No AWS/, no colon first, at most 255, ASCII without control characters (PutMetricData, "Namespace")."""
    data = [{"MetricName": "m", "Value": 1}]
    assert laptop.refused("PutMetricData", Namespace=namespace, MetricData=data)[0] == "InvalidParameterValue"


def test_the_laptop_itself_puts_into_aws_namespaces(laptop: Laptop) -> None:
    """The sink for the local Lambda and API Gateway takes what PutMetricData refuses, and checks the rest."""
    laptop.metrics.put("AWS/Lambda", [{"MetricName": "Invocations", "Value": 1, "Unit": "Count"}])
    assert [metric["Namespace"] for metric in laptop.call("ListMetrics")["Metrics"]] == ["AWS/Lambda"]
    with pytest.raises(AwsError, match="Unit must be a value in the set"):
        laptop.metrics.put("AWS/Lambda", [{"MetricName": "Invocations", "Value": 1, "Unit": "Bananas"}])


def test_what_is_not_supported_is_refused_by_name(laptop: Laptop) -> None:
    """Entities, and two kinds of samples in one datum, of which AWS doesn't say which counts."""
    data = [{"MetricName": "m", "Value": 1}]
    for more in ({"EntityMetricData": [{"MetricData": data}]}, {"StrictEntityValidation": False}):
        code, message = laptop.refused("PutMetricData", Namespace="App", MetricData=data, **more)
        assert code == "NotSupportedOnTheLaptop"
        assert next(iter(more)) in message
    statistic_set = {"SampleCount": 1, "Sum": 3, "Minimum": 1, "Maximum": 2}
    with pytest.raises(NotSupported, match="Values together with"):
        put(laptop, Values=[1.0], StatisticValues=statistic_set)


def test_hostile_names_are_only_names(laptop: Laptop) -> None:
    """SQL in a name, a dimension or a namespace is text."""
    hostile = "x'; DROP TABLE metric_points; --"
    laptop.put(hostile, hostile, 1, Dimensions=[{"Name": hostile, "Value": hostile}])
    found = laptop.data(
        query("m1", hostile, hostile, "Sum", dimensions={hostile: hostile}), start=NOW, end=NOW + MINUTE
    )
    assert found[0]["Values"] == [1]
    filters = [{"Name": hostile, "Value": hostile}]
    assert len(laptop.call("ListMetrics", Namespace=hostile, Dimensions=filters)["Metrics"]) == 1


def test_many_values_of_a_minute_stay_exact(laptop: Laptop) -> None:
    """However many values come in however many calls, percentiles are over all of them."""
    for begin in range(0, 1000, 100):
        data = [{"MetricName": "m", "Timestamp": AT, "Value": begin + n} for n in range(1, 101)]
        laptop.call("PutMetricData", Namespace="App", MetricData=data)
    expected = {"SampleCount": 1000, "Sum": 500_500, "p50": 500, "p99.9": 999, "TM(10%:90%)": 500.5}
    assert {name: values(laptop, name) for name in expected} == {name: [value] for name, value in expected.items()}
