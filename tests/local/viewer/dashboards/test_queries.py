from typing import Any

import pytest

from local.viewer.dashboards.entries import NotDrawable
from local.viewer.dashboards.periods import automatic_s, override_s
from local.viewer.dashboards.queries import Graph, batches, build_graph, rename

TIMES = (0.0, 10_800.0)


def graph(*metrics: list[Any], key: str = "w1", override: int | None = None, **properties: Any) -> Graph:
    return build_graph(key, {"metrics": list(metrics), **properties}, TIMES, override, "us-east-1")


def test_metrics_become_queries() -> None:
    """GetMetricData's MetricStat; `stat` is Average and `period` 300 unless the metric or the widget says another."""
    made = graph(
        ["AWS/EC2", "NetworkIn", "InstanceId", "i-0"], ["...", {"stat": "Maximum", "period": 3600, "label": "in"}]
    )
    metric = {"Namespace": "AWS/EC2", "MetricName": "NetworkIn", "Dimensions": [{"Name": "InstanceId", "Value": "i-0"}]}
    assert made.queries == [
        {"Id": "w1_q0", "ReturnData": True, "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Average"}},
        {
            "Id": "w1_q1",
            "ReturnData": True,
            "Label": "in",
            "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Maximum"},
        },
    ]


def test_ids_of_two_widgets_do_not_meet() -> None:
    """Both have an m1, and both are asked for in one call."""
    metrics = (["A", "M", {"id": "m1", "visible": False}], [{"expression": "100 * m1", "id": "e1"}])
    (batch,) = batches([graph(*metrics, key="w1"), graph(*metrics, key="w2")])
    assert [query["Id"] for query in batch.queries] == ["w1_m1", "w1_e1", "w2_m1", "w2_e1"]
    assert [query.get("Expression") for query in batch.queries] == [None, "100 * w1_m1", None, "100 * w2_m1"]
    assert [query["ReturnData"] for query in batch.queries] == [False, True, False, True]


@pytest.mark.parametrize(
    ("expression", "renamed"),
    [
        ("m1/m2 + 1e1 - SUM(m1)", "w_m1/w_m2 + 1e1 - SUM(w_m1)"),
        ("SEARCH('{A} m1', 'Sum', 60)", "SEARCH('{A} m1', 'Sum', 60)"),
        ('IF(m1 > 5, m2, "m1")', 'IF(w_m1 > 5, w_m2, "m1")'),
        ("m10 + m1_2", "m10 + m1_2"),
        ("SELECT AVG(m1) FROM m2", "SELECT AVG(m1) FROM m2"),
    ],
)
def test_ids_in_expressions(expression: str, renamed: str) -> None:
    """Whole words only, nothing quoted, no exponent; a Metrics Insights query has none."""
    names = {"m1": "w_m1", "m2": "w_m2", "e1": "w_e1"}
    assert rename(expression, names) == renamed


def test_what_means_all_metrics_of_a_call_has_its_own() -> None:
    """METRICS() is every metric of the request; GetMetricData takes one Metrics Insights query a call."""
    plain = graph(["A", "M"], key="w1")
    everything = graph(["A", "M", {"id": "m1"}], [{"expression": "SUM(METRICS())", "id": "e1"}], key="w2")
    selects = [graph([{"expression": "SELECT AVG(M) FROM A"}], key=f"w{number}") for number in (3, 4)]
    made = batches([plain, everything, *selects])
    assert [[graph.key for graph in batch.graphs] for batch in made] == [["w1"], ["w2"], ["w3"], ["w4"]]
    assert everything.queries[1]["Expression"] == "SUM(METRICS())"


def test_a_call_has_at_most_500_queries() -> None:
    """GetMetricData's limit: twenty widgets of thirty metrics are two calls."""
    metrics = [["A", f"M{number}"] for number in range(30)]
    made = batches(graph(*metrics, key=f"w{number}") for number in range(20))
    assert [len(batch.queries) for batch in made] == [480, 120]


def test_other_times_and_regions_are_other_calls() -> None:
    """A call has one time range, and a client one region."""
    later = build_graph("w2", {"metrics": [["A", "M"]]}, (0.0, 60.0), None, "us-east-1")
    elsewhere = graph(["A", "M", {"region": "eu-west-1"}], key="w3")
    assert [batch.region for batch in batches([graph(["A", "M"]), later, elsewhere])] == [
        "us-east-1",
        "us-east-1",
        "eu-west-1",
    ]
    with pytest.raises(NotDrawable, match="several regions"):
        graph(["A", "M", {"region": "eu-west-1"}], ["A", "N"])


def test_period_override() -> None:
    """`inherit` obeys each graph's period; `auto` adapts all of them to the time range; the page's own choice wins."""
    assert override_s("", "inherit", 10_800) is None
    assert override_s("", "auto", 10_800) == 60
    assert override_s("", None, 7 * 86_400) == 3_600
    assert override_s("900", "inherit", 10_800) == 900
    assert override_s("61", "inherit", 10_800) is None
    assert graph(["A", "M", {"period": 3600}], override=60).queries[0]["MetricStat"]["Period"] == 60
    assert [automatic_s(hours * 3600) for hours in (1, 24, 72, 24 * 14, 24 * 28, 24 * 400)] == [
        60,
        300,
        900,
        3600,
        21600,
        86400,
    ]


def test_one_value_of_the_whole_time() -> None:
    """setPeriodToTimeRange: one period as long as the range."""
    assert graph(["A", "M", {"period": 60}], setPeriodToTimeRange=True).queries[0]["MetricStat"]["Period"] == 10_800


def test_two_of_one_id_are_refused() -> None:
    """CloudWatch would not know which is meant."""
    with pytest.raises(NotDrawable, match="same id"):
        graph(["A", "M", {"id": "m1"}], ["A", "N", {"id": "m1"}])
