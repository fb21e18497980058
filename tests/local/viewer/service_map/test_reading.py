from datetime import UTC, datetime
from typing import Any

from local.viewer.service_map.graph import graph
from local.viewer.service_map.reading import merged
from local.viewer.windows import windows


def service(reference: int, name: str, total: int, seconds: float, *edges: dict[str, Any]) -> dict[str, Any]:
    statistics = {"TotalCount": total, "TotalResponseTime": seconds, "FaultStatistics": {"TotalCount": 1}}
    histogram = [{"Value": 0.1, "Count": total}]
    return {
        "ReferenceId": reference,
        "Name": name,
        "Type": "AWS::Lambda",
        "SummaryStatistics": statistics,
        "ResponseTimeHistogram": histogram,
        "Edges": list(edges),
    }


def edge(reference: int, total: int) -> dict[str, Any]:
    return {
        "ReferenceId": reference,
        "SummaryStatistics": {"TotalCount": total},
        "ResponseTimeHistogram": [{"Value": 0.2, "Count": total}],
    }


def test_graphs_of_two_times_are_one() -> None:
    """A service is the same by name and type, whatever its reference; counts, times and histograms add up."""
    earlier = [service(0, "api", 2, 0.5, edge(1, 2)), service(1, "table", 4, 0.25)]
    later = [service(0, "table", 6, 0.75), service(1, "api", 3, 0.5, edge(0, 6))]
    found = graph(merged([earlier, later]), 10.0)
    assert [(node.name, node.health.total if node.health else None) for node in found.nodes] == [
        ("api", 5),
        ("table", 10),
    ]
    api = found.nodes[0].health
    assert api is not None
    assert (api.mean_s, api.faults, api.rate) == (0.2, 2, 0.5)
    assert [(one.source, one.target, one.health.total, one.health.p50_s) for one in found.edges] == [(0, 1, 8, 0.2)]


def test_windows_are_the_range_in_pieces() -> None:
    """The latest first, none longer than is taken, together the whole time."""
    hour = 3600.0
    assert list(windows(0.0, 13 * hour, 6 * hour)) == [
        (datetime(1970, 1, 1, 7, tzinfo=UTC), datetime(1970, 1, 1, 13, tzinfo=UTC)),
        (datetime(1970, 1, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, 7, tzinfo=UTC)),
        (datetime(1970, 1, 1, 0, tzinfo=UTC), datetime(1970, 1, 1, 1, tzinfo=UTC)),
    ]
    assert len(list(windows(0.0, 6 * hour, 6 * hour))) == 1
