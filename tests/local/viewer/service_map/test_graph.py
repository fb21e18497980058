from typing import Any

from local.viewer.service_map.graph import Node, filter_for, graph, percentile
from local.xray import parse_filter

# Of AWS page "Getting data from AWS X-Ray" (Example GetServiceGraph output), cut to a client, a service and a table.
STATISTICS = {
    "ErrorStatistics": {"ThrottleCount": 1, "TotalCount": 2, "OtherCount": 1},
    "FaultStatistics": {"TotalCount": 3, "OtherCount": 3},
    "TotalCount": 10,
    "OkCount": 5,
    "TotalResponseTime": 2.5,
}
SERVICES: list[dict[str, Any]] = [
    {
        "ReferenceId": 0,
        "Name": "Scorekeep",
        "Type": "AWS::ElasticBeanstalk::Environment",
        "SummaryStatistics": STATISTICS,
        "ResponseTimeHistogram": [{"Value": 0.005, "Count": 7}, {"Value": 0.8, "Count": 3}],
        "Edges": [{"ReferenceId": 2, "SummaryStatistics": STATISTICS, "ResponseTimeHistogram": []}, {"ReferenceId": 9}],
    },
    {"ReferenceId": 1, "Name": "Scorekeep", "Type": "client", "Edges": [{"ReferenceId": 0}]},
    {"ReferenceId": 2, "Name": "scorekeep-user", "Type": "AWS::DynamoDB::Table", "Edges": []},
]


def test_nodes_have_rates_faults_and_latency() -> None:
    """Requests a second over the frame; shares of the total; the mean and percentiles of the response times."""
    found = graph(SERVICES, 20.0)
    health = found.nodes[0].health
    assert health is not None
    assert (health.rate, health.fault_share, health.error_share, health.throttles) == (0.5, 0.3, 0.2, 1)
    assert (health.mean_s, health.p50_s, health.p99_s) == (0.25, 0.005, 0.8)
    assert found.nodes[1].health is None


def test_edges_have_them_too() -> None:
    """An edge has its own statistics; one to a service that the answer does not hold is left out."""
    found = graph(SERVICES, 20.0)
    assert [(edge.source, edge.target, edge.health.total) for edge in found.edges] == [(0, 2, 10), (1, 0, 0)]
    assert found.edges[1].health.mean_s is None


def test_percentiles_are_by_nearest_rank() -> None:
    """The least value that a share of the requests did not exceed; none of none."""
    histogram = [{"Value": 0.3, "Count": 1}, {"Value": 0.1, "Count": 98}, {"Value": 0.2, "Count": 1}]
    assert [percentile(histogram, share) for share in (0.5, 0.98, 0.99, 1.0)] == [0.1, 0.1, 0.2, 0.3]
    assert percentile([], 0.5) is None


def test_a_node_leads_to_its_traces() -> None:
    """The filter names the service and its type; a client has the name of what it calls."""
    table = filter_for(Node(1, "a b", "AWS::DynamoDB::Table", None))
    assert table == 'service(id(name: "a b", type: "AWS::DynamoDB::Table"))'
    assert filter_for(Node(1, "api", "client", None)) == 'service("api")'
    assert filter_for(Node(1, 'a"b', "", None)) is None
    parse_filter(table)
