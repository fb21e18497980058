"""The dashboards, row by row: what is shown where. PURE.

Thresholds are in thresholds.py and aws_thresholds.py, objectives in slo.py, saved queries in queries.py, the boards of
AWS's own metrics in aws_board.py. What an alarm watches is drawn with its threshold wherever it is named.
"""

from __future__ import annotations

from dashboards import aws_board, aws_thresholds, queries, slo, telemetry_board, thresholds
from dashboards.layout import Dashboard, row
from dashboards.measures import (
    for_each_route,
    formula,
    percentile,
    rate,
    share_between,
    share_within,
    total,
)
from dashboards.widgets import Graph, Query, States
from observability.catalogue import (
    COST,
    ERRORS,
    FAULTS,
    LATENCY,
    REQUESTS,
    THROTTLES,
    Unit,
)
from service import metrics

ALARMS = (*thresholds.ALL, *aws_thresholds.ALL)
COMPOSITES = tuple(composite for objective in slo.ALL for composite in objective.composites())
BURN_ALARMS = tuple(alarm for objective in slo.ALL for alarm in objective.alarms())

_COST_AN_HOUR = formula("microdollars / 1000000", Unit.NONE, "$ an hour", microdollars=total(COST))
_SLOW_BURNS = tuple(alarm for alarm in BURN_ALARMS if alarm.name.endswith("-3d"))
_FIRST_ROUTE = "/api/items/"

SERVICE = Dashboard(
    name="service",
    title="Service",
    about="Is it well? Traffic, faults, times, saturation; what the objectives have left; what it costs.",
    rows=(
        row(States(title="Alarms that act", alarms=(*COMPOSITES, *ALARMS)), height=5),
        row(
            Graph(
                title="Traffic",
                shows=(total(REQUESTS, "requests"),),
                alarms=(thresholds.NO_TRAFFIC,),
                axis="requests a minute",
                period_s=60,
            ),
            Graph(title="Faults", alarms=(thresholds.FAULT_RATE,), axis="% of requests", period_s=60),
            Graph(
                title="Errors",
                shows=(total(ERRORS, "4XX"), total(THROTTLES, "of them 429")),
                axis="requests a minute",
                period_s=60,
            ),
        ),
        row(
            Graph(
                title="Latency",
                shows=(percentile(50, LATENCY, "p50"), percentile(90, LATENCY, "p90")),
                alarms=(thresholds.LATENCY,),
                axis="ms",
                period_s=60,
            ),
            Graph(
                title="Saturation",
                alarms=(aws_thresholds.DURATION, aws_thresholds.MEMORY, aws_thresholds.CONCURRENCY),
                axis="% of what there is",
            ),
            Graph(title="Cold starts", alarms=(thresholds.COLD_STARTS,), axis="% of requests", period_s=900),
        ),
        row(
            *(
                Graph(
                    title=f"Burn rate: {objective.goal:g} % {objective.name}",
                    alarms=tuple(alarm for alarm in objective.alarms() if alarm not in _SLOW_BURNS),
                    axis="times the budget's pace",
                    start="-PT12H",
                )
                for objective in slo.ALL
            ),
            Graph(title="Burn rate over three days", alarms=_SLOW_BURNS, axis="times", period_s=86_400, start="-P14D"),
        ),
        row(
            *(
                Graph(
                    title=f"Budget left: {objective.goal:g} % {objective.name} over {objective.days} days",
                    shows=(objective.budget_left(),),
                    axis="%",
                    least=None,  # more than all of it can be spent
                    period_s=3_600,
                    start=f"-P{objective.days}D",
                )
                for objective in slo.ALL
            ),
            Graph(title="Cost", shows=(_COST_AN_HOUR,), axis="$ an hour, Lambda alone", period_s=3_600, start="-P1D"),
        ),
        row(
            Graph(
                title="Items",
                shows=(
                    total(metrics.ITEMS_CREATED, "created"),
                    total(metrics.ITEMS_CHANGED, "changed"),
                    total(metrics.ITEMS_DELETED, "deleted"),
                ),
                axis="items",
            ),
            Graph(
                title="Retries and races",
                shows=(
                    total(metrics.IDEMPOTENT_REPLAYS, "idempotent replays"),
                    total(metrics.STORE_CONFLICTS, "lost races"),
                    total(metrics.STALE_EDITS, "stale edits (412)"),
                ),
                axis="requests",
            ),
            Graph(title="Is it told?", alarms=(thresholds.SILENCE,), axis="% of the API's requests"),
        ),
        row(Query(title="What failed last", query=queries.FAULTS.query)),
    ),
)

ROUTES = Dashboard(
    name="routes",
    title="Routes",
    about="Which route is it? New routes appear by themselves; the second half shows the one chosen above.",
    route=_FIRST_ROUTE,
    rows=(
        row(
            Graph(title="Requests by route", shows=(for_each_route(total(REQUESTS)),), axis="requests"),
            Graph(
                title="Faults by route",
                shows=(for_each_route(rate(FAULTS), times=" * 100", unit=Unit.PERCENT),),
                axis="% of requests",
            ),
            Graph(
                title="Errors by route",
                shows=(for_each_route(rate(ERRORS), times=" * 100", unit=Unit.PERCENT),),
                axis="% of requests",
            ),
        ),
        row(
            Graph(title="Slowest routes, p99", shows=(for_each_route(percentile(99, LATENCY), top=10),), axis="ms"),
            Graph(
                title="Within the objective's 500 ms, by route",
                shows=(for_each_route(share_within(500, LATENCY)),),
                axis="% of requests",
            ),
            Graph(
                title="Cost by route",
                shows=(for_each_route(total(COST), times=" / 1000000", unit=Unit.NONE),),
                axis="$ an hour",
                period_s=3_600,
                stacked=True,
                start="-P1D",
            ),
        ),
        row(
            Graph(
                title="The chosen route: heat of its latency",
                shows=(
                    share_within(50, LATENCY, "to 50 ms", route=_FIRST_ROUTE),
                    share_between(50, 100, LATENCY, "50 to 100 ms", route=_FIRST_ROUTE),
                    share_between(100, 250, LATENCY, "100 to 250 ms", route=_FIRST_ROUTE),
                    share_between(250, 500, LATENCY, "250 to 500 ms", route=_FIRST_ROUTE),
                    share_between(500, 1_000, LATENCY, "500 ms to 1 s", route=_FIRST_ROUTE),
                    share_between(1_000, None, LATENCY, "over 1 s", route=_FIRST_ROUTE),
                ),
                axis="% of requests",
                stacked=True,
            ),
            Graph(
                title="The chosen route: latency",
                shows=tuple(percentile(n, LATENCY, f"p{n}", route=_FIRST_ROUTE) for n in (50, 90, 99)),
                axis="ms",
            ),
            Graph(
                title="The chosen route: requests, errors, faults",
                shows=(
                    total(REQUESTS, "requests", route=_FIRST_ROUTE),
                    total(ERRORS, "errors", route=_FIRST_ROUTE),
                    total(FAULTS, "faults", route=_FIRST_ROUTE),
                ),
                axis="requests",
            ),
        ),
        row(Query(title="Routes", query=queries.ROUTES.query)),
        row(Query(title="Slowest requests", query=queries.SLOWEST.query)),
        row(Query(title="Which faults, where", query=queries.FAULT_KINDS.query)),
    ),
)

_TELEMETRY = telemetry_board.telemetry((*ALARMS, *BURN_ALARMS), COMPOSITES, dashboards=5)

ALL: tuple[Dashboard, ...] = (SERVICE, ROUTES, aws_board.LAMBDA, aws_board.EDGES, _TELEMETRY)
