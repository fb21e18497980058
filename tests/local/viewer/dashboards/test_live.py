"""liveData: "data published within the last minute that has not been fully aggregated" (AWS page "Dashboard body
structure and syntax", Properties of a metric widget object; CloudWatch User Guide, "Use live data").
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.viewer.dashboards.live import settled
from local.viewer.dashboards.queries import build_graph

METRIC = ["A", "M", {"id": "m1"}]
AT_12_35 = datetime(2026, 11, 26, 12, 35, tzinfo=UTC)


def shown(minutes: float, *metrics: Any, **properties: Any) -> list[str]:
    """The times of the points that are left, so many minutes after 12:35; there are two: of 12:30 and of 12:35."""
    properties = {"metrics": list(metrics or [METRIC]), **properties}
    now_s = AT_12_35.timestamp() + 60 * minutes
    graph = build_graph("w1", properties, (now_s - 3600, now_s), None, "us-east-1")
    times = [datetime(2026, 11, 26, 12, minute, tzinfo=UTC) for minute in (30, 35)]
    results = [{"Id": query_id, "Label": "", "Timestamps": times, "Values": [1.0, 2.0]} for query_id in graph.ids]
    (result, *_) = settled(properties, graph, results, now_s)
    assert len(result["Values"]) == len(result["Timestamps"])
    return [f"{at:%H:%M}" for at in result["Timestamps"]]


def test_without_live_data_a_period_that_runs_is_left_out() -> None:
    """The guide's example: the point of 12:35, of five minutes, is shown at 12:41."""
    assert shown(5.9, liveData=False) == ["12:30"]
    assert shown(6, liveData=False) == ["12:30", "12:35"]


@pytest.mark.parametrize("properties", [{}, {"liveData": True}])
def test_live_data_is_shown_as_it_comes(properties: dict[str, Any]) -> None:
    """With `true`; and where nothing is said, as the page shows what there is."""
    assert shown(1, **properties) == ["12:30", "12:35"]


@pytest.mark.parametrize(
    "entry",
    [
        ["A", "M", {"period": 60}],
        [{"expression": "SEARCH('{A,b} MetricName=\"M\"', 'Sum', 60)"}],
        [{"expression": 'SELECT MAX(M) FROM "A"', "period": 60}],
    ],
)
def test_the_period_is_each_metrics_own(entry: list[Any]) -> None:
    """Of one minute: the point of 12:35 is shown at 12:37."""
    assert shown(1.9, entry, liveData=False) == ["12:30"]
    assert shown(2, entry, liveData=False) == ["12:30", "12:35"]


def test_an_expressions_period_is_that_of_its_metrics() -> None:
    """Here an hour: neither point's is over."""
    hourly = ["A", "M", {"id": "m1", "period": 3600, "visible": False}]
    assert shown(20, hourly, [{"expression": "m1 * 2"}], liveData=False) == []


def test_a_value_of_the_whole_time_is_shown() -> None:
    """setPeriodToTimeRange: its one period ends now, always."""
    assert shown(1, liveData=False, setPeriodToTimeRange=True) == ["12:30", "12:35"]
