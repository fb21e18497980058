"""ListMetrics (API reference)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.local.cloudwatch.metrics.laptop import HOUR, NOW, Laptop


def dimensions(**pairs: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in pairs.items()]


@pytest.fixture
def three(laptop: Laptop) -> Laptop:
    laptop.put("App", "m", 1)
    laptop.put("App", "m", 1, Dimensions=dimensions(service="a", route="/x"))
    laptop.put("Other", "n", 1, Dimensions=dimensions(service="b"))
    return laptop


Listed = tuple[str, str, list[dict[str, str]]]


def names(laptop: Laptop, **parameters: Any) -> list[Listed]:
    found = laptop.call("ListMetrics", **parameters)["Metrics"]
    return [(metric["Namespace"], metric["MetricName"], metric["Dimensions"]) for metric in found]


PLAIN: Listed = ("App", "m", [])
BOTH = ("App", "m", dimensions(route="/x", service="a"))
OTHER = ("Other", "n", dimensions(service="b"))


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, [PLAIN, BOTH, OTHER]),
        ({"Namespace": "App"}, [PLAIN, BOTH]),
        ({"Namespace": "Ap"}, []),
        ({"MetricName": "n"}, [OTHER]),
        ({"Dimensions": [{"Name": "service"}]}, [BOTH, OTHER]),
        ({"Dimensions": [{"Name": "service", "Value": "a"}]}, [BOTH]),
        ({"Dimensions": [{"Name": "service", "Value": "a"}, {"Name": "route"}]}, [BOTH]),
        ({"Dimensions": [{"Name": "service", "Value": "c"}]}, []),
        ({"Namespace": "Other", "Dimensions": [{"Name": "route"}]}, []),
        ({"IncludeLinkedAccounts": False}, [PLAIN, BOTH, OTHER]),
    ],
)
def test_filters(three: Laptop, parameters: dict[str, Any], found: list[Any]) -> None:
    """ "If you specify one dimension name and a metric has that dimension and also other dimensions, it will be
    returned"; all filters must match, exactly.
    """
    assert names(three, **parameters) == found


def test_recently_active(three: Laptop) -> None:
    """PT3H shows only metrics that had data in the past three hours; without it, two weeks."""
    three.now = NOW + 4 * HOUR
    three.put("App", "m", 1, three.now)
    assert names(three, RecentlyActive="PT3H") == [PLAIN]
    assert names(three) == [PLAIN, BOTH, OTHER]
    three.now = NOW + timedelta(days=14, hours=1)
    assert names(three) == [PLAIN]


def test_pages_of_500(laptop: Laptop) -> None:
    """ "Up to 500 results are returned for any one call. To retrieve additional results, use the returned token"."""
    for begin in (0, 600):
        data = [{"MetricName": f"m{n}", "Value": 1} for n in range(begin, begin + 600)]
        laptop.call("PutMetricData", Namespace="App", MetricData=data)
    sizes: list[int] = []
    found: set[str] = set()
    token: dict[str, Any] = {}
    for _ in range(3):
        answer = laptop.call("ListMetrics", Namespace="App", **token)
        sizes.append(len(answer["Metrics"]))
        found |= {metric["MetricName"] for metric in answer["Metrics"]}
        token = {"NextToken": answer.get("NextToken")}
    assert (sizes, len(found), token) == ([500, 500, 200], 1200, {"NextToken": None})


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"NextToken": "x"}, "InvalidParameterValue"),
        ({"NextToken": "é"}, "InvalidParameterValue"),
        ({"NextToken": "LTE="}, "InvalidParameterValue"),  # -1
        ({"NextToken": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ=="}, "InvalidParameterValue"),  # 22 nines
        ({"RecentlyActive": "PT4H"}, "InvalidParameterValue"),
        ({"Dimensions": [{"Name": f"d{n}"} for n in range(11)]}, "InvalidParameterValue"),
        ({"Namespace": "\ud800"}, "InvalidParameterValue"),
        ({"MetricName": "\ud800"}, "InvalidParameterValue"),
        ({"Dimensions": [{"Name": "d", "Value": "\ud800"}]}, "InvalidParameterValue"),
        ({"IncludeLinkedAccounts": True}, "NotSupportedOnTheLaptop"),
        ({"OwningAccount": "123456789012"}, "NotSupportedOnTheLaptop"),
    ],
)
def test_refused(laptop: Laptop, parameters: dict[str, Any], code: str) -> None:
    """A token of another, a value outside its set, accounts that there are none of."""
    assert laptop.refused("ListMetrics", **parameters)[0] == code


def test_reset_forgets_all(three: Laptop) -> None:
    """After it metrics are new ones."""
    three.metrics.reset()
    assert names(three) == []
    three.put("App", "m", 1)
    assert names(three) == [PLAIN]
