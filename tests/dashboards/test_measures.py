"""What a graph or an alarm measures: statistics, dimension sets, formulas, searches."""

from __future__ import annotations

import pytest

from dashboards import filters, platform
from dashboards.errors import BoardError
from dashboards.measures import (
    average,
    for_each_route,
    formula,
    most,
    percentile,
    rate,
    samples,
    search_expression,
    share_between,
    share_within,
    total,
)
from dashboards.statistics import among, sensible
from observability.catalogue import FAULTS, LATENCY, REQUESTS, Metric, Unit


def test_statistics() -> None:
    """Each verb's statistic, as CloudWatch writes it ("CloudWatch statistics definitions")."""
    found = [
        total(FAULTS),
        rate(FAULTS),
        average(LATENCY),
        most(LATENCY),
        samples(LATENCY),
        percentile(99, LATENCY),
        percentile(99.9, LATENCY),
        share_within(500, LATENCY),
        share_between(100, 2_000, LATENCY),
        share_between(1_000, None, LATENCY),
    ]
    assert [stat.statistic for stat in found] == [
        "Sum",
        "Average",
        "Average",
        "Maximum",
        "SampleCount",
        "p99",
        "p99.9",
        "PR(:500)",
        "PR(100:2000)",
        "PR(1000:)",
    ]
    assert (share_within(500, LATENCY).unit, samples(LATENCY).unit) == (Unit.PERCENT, Unit.COUNT)


def test_dimensions_of_the_service() -> None:
    """The smallest set is meant unless a keyword names another; what is the stack's is filled in."""
    assert total(REQUESTS).dimensions == (("service", "${ServiceName}"),)
    assert total(REQUESTS, route="/").dimensions == (("route", "/"), ("service", "${ServiceName}"))
    assert total(REQUESTS).namespace == "${Namespace}"


def test_dimensions_of_aws() -> None:
    """As AWS's pages have them: function or alias, API or stage, table, index or operation."""
    alias = ("Resource", "${FunctionName}:${AliasName}")
    assert total(platform.INVOCATIONS).dimensions == (("FunctionName", "${FunctionName}"),)
    assert most(platform.PROVISIONED_UTILIZATION).dimensions == (("FunctionName", "${FunctionName}"), alias)
    assert total(platform.API_5XX).dimensions == (("ApiName", "${ApiName}"),)
    assert total(platform.API_5XX, Stage="${Stage}").dimensions == (("ApiName", "${ApiName}"), ("Stage", "${Stage}"))
    assert total(platform.READ_THROTTLES, GlobalSecondaryIndexName="listing").dimensions == (
        ("GlobalSecondaryIndexName", "listing"),
        ("TableName", "${TableName}"),
    )
    assert total(filters.TIMEOUTS).dimensions == ()


@pytest.mark.parametrize(
    ("source", "dimensions", "said"),
    [
        (REQUESTS, {"customer": "c"}, r"Requests has no dimension set with customer: it has \['service'\]"),
        (platform.TABLE_LATENCY, {}, r"SuccessfulRequestLatency has no dimension set with none: it has \['Operation'"),
        (filters.TIMEOUTS, {"service": "items"}, r"FunctionTimeouts has no dimension set with service: it has \[\]"),
    ],
)
def test_dimension_set_that_there_is_not(
    source: Metric | platform.PlatformMetric | filters.LogFilter, dimensions: dict[str, str], said: str
) -> None:
    """A dimension set that the metric doesn't come in is refused, with those that it has, and where it was written."""
    with pytest.raises(BoardError, match=rf"^test_measures\.py:\d+: {said}"):
        total(source, **dimensions)


def test_formula_keeps_its_parts() -> None:
    """A formula's parts are the variables of its expression."""
    found = formula("100 * a / b", Unit.PERCENT, a=total(FAULTS), b=total(REQUESTS))
    assert [(name, stat.name) for name, stat in found.parts] == [("a", "Faults"), ("b", "Requests")]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"A": total(FAULTS)}, "part 'A': an id is letters, digits and _, a small letter first"),
        ({"b": total(FAULTS)}, r"part 'b' is not in the expression 'A \* 2'"),
    ],
)
def test_formula_with_a_wrong_part(names: dict[str, object], said: str) -> None:
    """An id that CloudWatch refuses ("MetricDataQuery"), and a part that the expression forgets, are refused."""
    with pytest.raises(BoardError, match=said):
        formula("A * 2", Unit.COUNT, **names)  # type: ignore[arg-type]  # wrong on purpose


def test_search() -> None:
    """The schema in braces, its namespace quoted for its slash ("CloudWatch search expression syntax")."""
    each = for_each_route(percentile(99, LATENCY), top=10)
    assert search_expression(each, 300) == (
        'SORT(SEARCH(\'{"${Namespace}",service,route} MetricName="Latency" service="${ServiceName}"\', \'p99\', 300),'
        " MAX, DESC, 10)"
    )
    share = for_each_route(rate(FAULTS), times=" * 100", unit=Unit.PERCENT)
    assert search_expression(share, 60).endswith("'Average', 60) * 100")
    assert share.unit is Unit.PERCENT


def test_search_of_a_metric_without_routes() -> None:
    """A metric that isn't emitted by route has none to search for."""
    with pytest.raises(BoardError, match="Jobs has no dimension set \\(service, route\\)"):
        for_each_route(total(Metric("Jobs", Unit.COUNT, "jobs", (("service",),))))


@pytest.mark.parametrize(
    ("statistic", "unit", "always", "is_sensible"),
    [
        ("Sum", Unit.COUNT, False, True),
        ("Average", Unit.COUNT, True, True),
        ("Average", Unit.COUNT, False, False),
        ("p99", Unit.COUNT, True, False),
        ("Maximum", Unit.COUNT, True, False),
        ("p99", Unit.MILLISECONDS, True, True),
        ("PR(:500)", Unit.MILLISECONDS, True, True),
        ("PR(1000:)", Unit.MILLISECONDS, True, True),
        ("Sum", Unit.MILLISECONDS, True, False),
        ("Maximum", Unit.MEGABYTES, False, True),
        ("Sum", Unit.NONE, True, True),
        ("p99", Unit.NONE, True, False),
        ("P99", Unit.MILLISECONDS, True, False),
        ("Median", Unit.MILLISECONDS, True, False),
    ],
)
def test_statistic_that_means_something(statistic: str, unit: Unit, *, always: bool, is_sensible: bool) -> None:
    """Counts are summed, and averaged where there is a 0 for nothing; times and sizes have percentiles, and no sum."""
    assert sensible(statistic, unit, counted_always=always) is is_sensible


def test_statistics_with_bounds() -> None:
    """A table's p, PR and TM stand for any bounds."""
    assert among("TM(2%:98%)", ("TM",))
    assert among("tm99", ("TM",))
    assert not among("p99", ("Sum", "Average"))
