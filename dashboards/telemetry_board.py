"""The dashboard of telemetry itself: what it lost, and what it costs. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards import aws_thresholds, costs, platform, prices, queries, thresholds
from dashboards.layout import Dashboard, row
from dashboards.measures import formula, total
from dashboards.widgets import Graph, Query, Text
from observability.catalogue import Unit

if TYPE_CHECKING:
    from dashboards.alarms import Alarm, Composite

_LOGS_AN_HOUR = formula(
    f"bytes / 1000000000 * {prices.LOG_GIGABYTE:g}", Unit.NONE, "$ an hour", bytes=total(platform.INCOMING_BYTES)
)


def telemetry(alarms: tuple[Alarm, ...], composites: tuple[Composite, ...], dashboards: int) -> Dashboard:
    """The dashboard; it says what all alarms and dashboards cost."""
    watched = costs.watching(alarms, composites, dashboards)
    return Dashboard(
        name="telemetry",
        title="Telemetry",
        about="Can the other dashboards be believed, and what do they cost?",
        rows=(
            row(
                Graph(title="Telemetry failures", alarms=(thresholds.TELEMETRY_FAILURES,), axis="lost or repaired"),
                Graph(title="Lines that gave no metrics", alarms=(aws_thresholds.EMF_ERRORS,), axis="lines"),
                Graph(
                    title="Log volume", alarms=(aws_thresholds.LOG_VOLUME,), axis="bytes", period_s=3_600, start="-P1D"
                ),
            ),
            row(
                Graph(title="Log lines", shows=(total(platform.INCOMING_EVENTS, "lines"),), axis="lines"),
                Graph(
                    title="Logs, what they cost",
                    shows=(_LOGS_AN_HOUR,),
                    axis="$ an hour",
                    period_s=3_600,
                    start="-P1D",
                ),
                Text(markdown=_prices(watched)),
            ),
            row(
                Query(title="Invocations, and those traced", query=queries.TRACED.query),
                Query(title="What fills the log group", query=queries.VOLUME.query),
            ),
            row(Query(title="What went wrong in telemetry", query=queries.TELEMETRY.query)),
        ),
    )


def _prices(watched: float) -> str:
    return f"""\
## What it costs
Alarms and dashboards ${watched:.2f} a month, the service's metrics ${costs.of_the_service():.2f}, each route's again
${costs.of_a_route():.2f}. Logs ${prices.LOG_GIGABYTE:.2f} a GB, traces ${prices.TRACES_MILLION:.2f} a million.

Prices of {prices.AS_OF}, us-east-1, first tier, free tier left out: the bill is what counts.
"""
