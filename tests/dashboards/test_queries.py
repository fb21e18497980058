"""Saved queries: which fields they read; and the runbook, which names them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import listing, queries
from dashboards.errors import BoardError
from dashboards.query_fields import fields
from dashboards.saved import SavedQuery

if TYPE_CHECKING:
    from dashboards.template import Board

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = (ROOT / "docs/runbook.md").read_text()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fields @timestamp, @message | sort @timestamp desc | limit 20", set()),
        ("filter Faults > 0 and status >= 500 | fields route", {"Faults", "status", "route"}),
        ("stats count(*) as n, pct(duration_ms, 99) as p99 by route, bin(5m) | sort n desc", {"duration_ms", "route"}),
        ('filter type = "platform.report" and record.status != "success"', {"type", "record.status"}),
        ("fields a.0, `b-c` | filter d like /e f/ or g =~ /h/", {"a.0", "b-c", "d", "g"}),
        ("stats sum(cost / 1000) by bin(15m)", {"cost"}),
        ("filter strcontains(x, 'y z') | dedup w", {"x", "w"}),
    ],
)
def test_fields_of_a_query(query: str, expected: set[str]) -> None:
    """Names that are no command, function, text, number, alias or field that CloudWatch Logs makes itself."""
    assert fields(query) == expected


@given(st.text())
def test_any_text_has_fields_or_none(text: str) -> None:
    """Whatever stands in a query, it is read without an error."""
    assert all(isinstance(name, str) for name in fields(text))


def test_query_too_long() -> None:
    """A query over 10,000 characters (PutQueryDefinition) is refused with its line."""
    with pytest.raises(BoardError, match=r"^test_queries\.py:\d+: query q: over 10000 characters"):
        SavedQuery(name="q", answers="", query="x" * 10_001)


def test_saved_queries_name_their_group(resources: dict[str, Any]) -> None:
    """Each is saved in the stage's folder, for the function's log group, but the API's own for its."""
    saved = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Logs::QueryDefinition"]
    assert {one["Name"].rpartition("/")[0] for one in saved} == {"items-dev"}
    groups = {one["Name"]: one["LogGroupNames"] for one in saved}
    assert groups.pop("items-dev/gateway") == ["/aws/apigateway/glasshouse-dev-items"]
    assert {tuple(names) for names in groups.values()} == {("/aws/lambda/glasshouse-dev-items",)}


def sections() -> dict[str, str]:
    parts = re.split(r"^## ", RUNBOOK, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part for part in parts}


def test_runbook_has_what_is_needed_at_three(own: Board) -> None:
    """Each alarm's section says what it means, where to look first, what to query, how to mend; none is stray."""
    assert set(sections()) == {one.section for one in own.acting()}
    for name, text in sections().items():
        for part in ("**Means**:", "**First look**:", "**Queries**:", "**Mend**:"):
            assert text.count(part) == 1, (name, part)


def test_runbook_names_queries_that_exist() -> None:
    """What a section's Queries calls a query, in `code`, is a saved one, or a field or error that the query shows."""
    names = {one.name for one in queries.ALL}
    shown = {field for one in queries.ALL for field in fields(one.query)}
    for section, text in sections().items():
        part = re.sub(r"\s+", " ", text.partition("**Queries**:")[2].partition("**Mend**")[0])
        named = set(re.findall(r"`([^`]+)`", part))
        assert named & names, section
        assert named - names - shown - {"UnavailableError"} == set(), section


def test_runbook_names_widgets_that_exist(own: Board) -> None:
    """The graphs that First look sends to, in *italics*, are on a dashboard."""
    titles = {getattr(widget, "title", "") for one in own.dashboards for widget in one.widgets()}
    for section, text in sections().items():
        part = re.sub(r"\s+", " ", text.partition("**First look**:")[2].partition("**Queries**")[0])
        for named in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", part):
            assert any(named in title for title in titles), (section, named)


def test_runbook_links_sections_that_exist() -> None:
    """Links within the runbook lead somewhere."""
    assert set(re.findall(r"\]\(#([^)]+)\)", RUNBOOK)) <= set(sections())


def test_lists_of_what_others_read(resources: dict[str, Any]) -> None:
    """Every expression, pattern, query, rule and filter of the template can be had, each with its place."""
    patterns = {one.where: one.text for one in listing.filter_patterns(resources)}
    assert patterns["FunctionTimeoutsFilter"] == '{ ($.type = "platform.report") && ($.record.status = "timeout") }'
    assert ("FaultRateAlarm", "100 * faults / requests") in listing.alarm_expressions(resources)
    assert ("ServiceDashboard: Cost", "m1 / 1000000") in listing.math_expressions(resources)
    assert [one.where for one in listing.search_expressions(resources)] == [
        "RoutesDashboard: Requests by route",
        "RoutesDashboard: Faults by route",
        "RoutesDashboard: Errors by route",
        "RoutesDashboard: Slowest routes, p99",
        "RoutesDashboard: Within the objective's 500 ms, by route",
        "RoutesDashboard: Cost by route",
    ]
    assert len(listing.insights_queries(resources)) == 16 + 12
    assert not [one for one in listing.insights_queries(resources) if one.text.startswith("SOURCE")]
    assert len(listing.alarm_rules(resources)) == 4
    filters = {one.text for one in listing.xray_filters(resources)}
    assert 'service("glasshouse-dev-items") { fault = true }' in filters
    assert len(filters) == 4
