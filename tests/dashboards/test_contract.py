"""The contract between the board and what is emitted: it holds, and each way to break it is told with file and line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from dashboards.contract import DECLARED, failures
from dashboards.driving import drive
from dashboards.errors import BoardError, DriveError
from observability.catalogue import Metric, Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboards.evidence import Evidence
    from dashboards.template import Board

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("contract")  # the service is driven once for all of them


def board(text: str) -> str:
    """A dashboard with one graph; its measure stands in line 10."""
    return f"""\
from dashboards.alarms import Alarm, Missing, Severity
from dashboards.filters import LogFilter
from dashboards.layout import Dashboard, row
from dashboards.measures import *
from dashboards.patterns import Is
from dashboards.platform import *
from dashboards.widgets import Graph, Query
from observability.catalogue import *
from service import metrics
MEASURE = {text}
DASHBOARD = Dashboard(name="more", title="More", about="", rows=(row(Graph(title="One", shows=(MEASURE,))),))
"""


def test_contract_holds(own: Board, evidence: Evidence) -> None:
    """The board of this repository and the service it watches are one."""
    assert failures(own, evidence) == []


def test_every_declared_metric_is_emitted(evidence: Evidence) -> None:
    """The scenarios move every metric of library and service, but Throttles, which this service can't move."""
    assert {name for name, found in evidence.metrics.items() if found.moved} == {
        "Requests",
        "Latency",
        "Faults",
        "Errors",
        "ColdStarts",
        "InitDuration",
        "MemoryUsed",
        "Cost",
        "NearTimeouts",
        "TelemetryFailures",
        "ItemsCreated",
        "ItemsChanged",
        "ItemsDeleted",
        "IdempotentReplays",
        "StoreConflicts",
        "StaleEdits",
    }
    assert set(evidence.metrics["Throttles"].values) == {0}


def test_evidence_is_a_black_boxs(evidence: Evidence) -> None:
    """What is compared comes from the process's stdout and UDP: outcomes, auth answers, application logs, traces."""
    statuses = {line.get("status") for line in evidence.lines}
    assert statuses >= {200, 201, 204, 304, 401, 404, 409, 412, 422, 500, 503, 504}
    refusals = {line.get("auth_refused") for line in evidence.lines}
    assert refusals >= {"missing", "api_key", "malformed", "keys_unavailable"}
    assert {line.get("auth") for line in evidence.lines} >= {"api_key", "gateway"}
    assert any(line.get("message") == "gave up: others change this item all the time" for line in evidence.lines)
    assert evidence.annotations() >= {"route", "cold_start"}


BREACHES = {
    "a misspelt metric": (
        'total(Metric("Faultz", Unit.COUNT, "faults"))',
        "board.py:10: nothing emits Faultz; there is Faults",
    ),
    "a wrong dimension set": (
        'total(Metric("Faults", Unit.COUNT, "faults", (("service", "customer"),)), customer="c-1")',
        (
            "board.py:10: Faults isn't emitted with the dimensions ['customer', 'service']:"
            " it has ['route', 'service'], ['service']"
        ),
    ),
    "another unit": (
        'most(Metric("Latency", Unit.SECONDS, "in seconds"))',
        "board.py:10: Latency is emitted in Milliseconds, not in Seconds",
    ),
    "a sum of milliseconds": (
        "total(LATENCY)",
        "board.py:10: Sum of Latency, in Milliseconds, means nothing",
    ),
    "a percentile of a count": (
        "percentile(99, FAULTS)",
        "board.py:10: p99 of Faults, in Count, means nothing",
    ),
    "a rate of what isn't in every line": (
        "rate(metrics.ITEMS_CREATED)",
        (
            "board.py:10: Average of ItemsCreated, in Count, means nothing:"
            " not every request emits it, so its average is no rate"
        ),
    ),
    "REST's 5XXError as HTTP API's 5xx": (
        'total(PlatformMetric("AWS/ApiGateway", "5xx", Unit.COUNT, (("ApiName",),), ("Sum",), "HTTP API"))',
        "board.py:10: AWS/ApiGateway has no metric 5xx in platform.py; there is 5XXError",
    ),
    "another unit of AWS's": (
        'most(PlatformMetric("AWS/Lambda", "Duration", Unit.SECONDS, (("FunctionName",),), ("Maximum",), ""))',
        "board.py:10: AWS/Lambda Duration is in Milliseconds, not in Seconds",
    ),
    "another dimension set of AWS's": (
        'total(PlatformMetric("AWS/ApiGateway", "5XXError", Unit.COUNT, (("ApiId",),), ("Sum",), ""), ApiId="x")',
        (
            "board.py:10: AWS/ApiGateway 5XXError has no dimension set ['ApiId']:"
            " it has ['ApiName', 'Method', 'Resource', 'Stage'], ['ApiName', 'Stage'], ['ApiName']"
        ),
    ),
    "a percentile of the table's latency": (
        'percentile(99, TABLE_LATENCY, Operation="Query")',
        "board.py:10: p99 of AWS/DynamoDB SuccessfulRequestLatency means nothing: it has Average, Minimum, Maximum,",
    ),
    "a sum of concurrency": (
        "total(CONCURRENT_EXECUTIONS)",
        "board.py:10: Sum of AWS/Lambda ConcurrentExecutions means nothing: it has Maximum",
    ),
    "a log filter that isn't deployed": (
        'total(LogFilter("FunctionOoms", Unit.COUNT, "", Is("$.type", "platform.report")))',
        "board.py:10: no log filter of the board makes FunctionOoms; there is",
    ),
    "a metric in a formula": (
        'formula("100 * a", Unit.PERCENT, a=total(Metric("Faultz", Unit.COUNT, "")))',
        "board.py:10: nothing emits Faultz; there is Faults",
    ),
    "a metric by route": (
        'for_each_route(total(Metric("Faultz", Unit.COUNT, "")))',
        "board.py:10: nothing emits Faultz; there is Faults",
    ),
}


@pytest.mark.parametrize("name", BREACHES)
def test_breach_is_told_with_its_line(name: str, written: Callable[[str], Board], evidence: Evidence) -> None:
    """A widget that shows what is not emitted so fails the contract, with the file and line to mend."""
    text, expected = BREACHES[name]
    found = failures(written(board(text)), evidence)
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_dimension_that_has_no_value_is_refused(written: Callable[[str], Board]) -> None:
    """A dimension set that the metric isn't declared with can't be written down at all."""
    with pytest.raises(BoardError, match=r"^board\.py:10: Faults has no dimension set with customer: it has \['serv"):
        written(board('total(FAULTS, customer="c-1")'))


def test_typo_is_an_attribute_error(written: Callable[[str], Board]) -> None:
    """A metric's name mistyped is Python's own error."""
    with pytest.raises(AttributeError, match="ITEMS_CRATED"):
        written(board("total(metrics.ITEMS_CRATED)"))


def test_dropped_emitter(own: Board, tmp_path: Path) -> None:
    """A service that no longer counts a metric fails each line of the board that shows it, and its declaration."""
    (tmp_path / "muted.py").write_text(
        dedent("""\
            from service.items import Items

            def remove(self, item_id, conditions):
                self._store.remove(item_id, None)

            Items.remove = remove
            from service.handler import lambda_handler
            """)
    )
    found = failures(own, drive(ROOT, "muted.lambda_handler", tmp_path))
    shown = line_of("dashboards/board.py", "total(metrics.ITEMS_DELETED")
    declared = line_of("service/metrics.py", 'Metric("ItemsDeleted"')
    assert found == [
        f"board.py:{shown}: nothing emits ItemsDeleted; there is ItemsCreated, ItemsChanged",
        (
            f"service/metrics.py:{declared}: ItemsDeleted is declared, and nothing emitted it in any scenario of"
            " scenarios.py"
        ),
    ]


def line_of(name: str, text: str) -> int:
    """The line of a file of this repository that has the text."""
    [number] = [n for n, line in enumerate((ROOT / name).read_text().splitlines(), start=1) if text in line]
    return number


def test_emitted_and_not_shown(own: Board, evidence: Evidence) -> None:
    """A metric that the service emits and no widget shows is told, with the line that declares it."""
    service, *others = own.dashboards
    without = replace(
        service, rows=tuple(one for one in service.rows if not any("Items" in str(widget) for widget in one.widgets))
    )
    found = failures(replace(own, dashboards=(without, *others)), evidence)
    declared = line_of("service/metrics.py", 'Metric("ItemsCreated"')
    assert (
        f"service/metrics.py:{declared}: ItemsCreated is emitted, and no widget shows it: add it to a Graph in board.py"
        in found
    )


def test_declared_and_never_moved(own: Board, evidence: Evidence) -> None:
    """A declared metric that no scenario moves is told."""
    renamed = Metric("ItemsRenamed", Unit.COUNT, "Items that got another name")
    assert failures(own, evidence, (*DECLARED, renamed)) == [
        "scenarios.py: ItemsRenamed is declared, and nothing emitted it in any scenario of scenarios.py"
    ]


QUERIES = {
    "filter Faults > 0 | fields @timestamp, rout": "reads rout, which no line has; there is route",
    'filter type = "platform.report" | stats max(record.metrics.maxMemoryUsed) by bin(5m)': (
        "reads record.metrics.maxMemoryUsed, which no line has; there is record.metrics.maxMemoryUsedMB"
    ),
}


@pytest.mark.parametrize("query", QUERIES)
def test_query_of_a_field_that_no_line_has(query: str, written: Callable[[str], Board], evidence: Evidence) -> None:
    """A saved query that reads what neither the service's lines nor Lambda's records have is told, with its line."""
    text = (
        f"from dashboards.saved import SavedQuery\n\nQUERIES = (SavedQuery(name='q', answers='', query={query!r}),)\n"
    )
    [found] = failures(written(text), evidence)
    assert found.startswith(f"board.py:3: query 'q' {QUERIES[query]}")


def test_query_widget_of_a_field_that_no_line_has(written: Callable[[str], Board], evidence: Evidence) -> None:
    """A dashboard's own query is held to the same."""
    text = dedent("""\
        from dashboards.layout import Dashboard, row
        from dashboards.widgets import Query
        QUERY = Query(title="Durations", query="stats avg(duration) by route")
        DASHBOARD = Dashboard(name="more", title="More", about="", rows=(row(QUERY),))
        """)
    [found] = failures(written(text), evidence)
    assert found.startswith("board.py:3: query 'Durations' reads duration, which no line has; there is duration_ms")


FILTERS = {
    'Is("$.type", "platform.reprot")': 'no record of Lambda\'s is matched by { $.type = "platform.reprot" } (More)',
    'Is("$.type", "platform.report"), value="$.record.metrics.memory"': (
        "$.record.metrics.memory is no number in what More matches"
    ),
}


@pytest.mark.parametrize("pattern", FILTERS)
def test_filter_that_matches_nothing(pattern: str, written: Callable[[str], Board], evidence: Evidence) -> None:
    """A metric filter whose pattern no record matches, or whose value none has, is told, with its line."""
    text = dedent(f"""\
        from dashboards.filters import LogFilter
        from dashboards.patterns import Is
        from observability.catalogue import Unit
        FILTERS = (LogFilter("More", Unit.COUNT, "more", {pattern}),)
        """)
    assert failures(written(text), evidence) == [
        f"board.py:4: {FILTERS[pattern]}",
        "board.py:4: no widget shows More",
    ]


def test_trace_filter_of_an_annotation_that_no_trace_has(written: Callable[[str], Board], evidence: Evidence) -> None:
    """An X-Ray filter on an annotation that is in no document is told."""
    text = (
        "from dashboards.saved import TraceFilter\n"
        "TRACE_FILTERS = (TraceFilter(answers='', expression='annotation.rout = 5'),)\n"
    )
    assert failures(written(text), evidence) == ["board.py:2: no trace has the annotation rout; there is route"]


def alarm(measure: str, unit: str) -> str:
    """A file with an alarm on the measure, in line 5, that no board names."""
    return dedent(f"""\
        from dashboards.alarms import Alarm, Missing, Severity
        from dashboards.measures import total
        from observability.catalogue import FAULTS, THROTTLES, Unit

        ALARMS = (Alarm(name="mine", severity=Severity.TICKET, measure={measure}, above=1, unit={unit},
            period_s=60, of=(1, 1), because="", missing=Missing.NOT_BREACHING, missing_because=""),)
        """)


def test_alarm_that_no_graph_draws(written: Callable[[str], Board], evidence: Evidence) -> None:
    """An alarm has its threshold on a graph and its state on a board."""
    assert failures(written(alarm("total(FAULTS)", "Unit.COUNT")), evidence) == [
        "board.py:5: no graph draws the alarm mine and its threshold",
        "board.py:5: no board shows the state of the alarm mine",
    ]


def test_alarm_that_can_not_go_off(written: Callable[[str], Board], evidence: Evidence) -> None:
    """An alarm on a metric that this service can't move is told."""
    found = failures(written(alarm("total(THROTTLES)", "Unit.COUNT")), evidence)
    assert found[1] == (
        "board.py:5: the alarm mine can't go off: no route of this service answers 429: API Gateway does, before it"
    )


def test_service_that_does_not_start() -> None:
    """A handler that can't be imported is told with what Python said."""
    with pytest.raises(DriveError, match=r"ended with 1: (?s:.*)ModuleNotFoundError: No module named 'nonesuch'"):
        drive(ROOT, "nonesuch.handler")


def test_answer_that_a_scenario_does_not_expect(tmp_path: Path) -> None:
    """A service that answers something else than the scenario says stops the contract, with request and answer."""
    (tmp_path / "other.py").write_text('def handler(event, context):\n    return {"statusCode": 418}\n')
    with pytest.raises(DriveError, match=r"^GET / was to answer 200; it answered \{\"statusCode\": 418\}$"):
        drive(ROOT, "other.handler", tmp_path)
