"""The dashboard of telemetry itself: what it lost, and what it costs. PURE."""

from __future__ import annotations

from dashboards import aws_thresholds, platform, prices, queries, thresholds
from dashboards.layout import Dashboard, row
from dashboards.measures import formula, total
from dashboards.widgets import Graph, Query, Text
from observability.catalogue import Unit

_LOGS_AN_HOUR = formula(
    f"bytes / 1000000000 * {prices.LOG_GIGABYTE:g}", Unit.NONE, "$ an hour", bytes=total(platform.INCOMING_BYTES)
)
_PRICES = f"""\
## What it costs
Prices of {prices.AS_OF}, us-east-1, first tier: logs ${prices.LOG_GIGABYTE:g} a GB; a metric ${prices.CUSTOM_METRIC:g}
a month, for each route again; an alarm ${prices.ALARM_METRIC:g} a month for each metric in it; a composite alarm
${prices.COMPOSITE_ALARM:g}; a dashboard ${prices.DASHBOARD:g}; a million traces ${prices.TRACES_MILLION:g}.
"""

TELEMETRY = Dashboard(
    name="telemetry",
    title="Telemetry",
    about="Can the other dashboards be believed, and what do they cost?",
    rows=(
        row(
            Graph(title="Telemetry failures", alarms=(thresholds.TELEMETRY_FAILURES,), axis="lost or repaired"),
            Graph(title="Lines that gave no metrics", alarms=(aws_thresholds.EMF_ERRORS,), axis="lines"),
            Graph(title="Log volume", alarms=(aws_thresholds.LOG_VOLUME,), axis="bytes", period_s=3_600, start="-P1D"),
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
            Text(markdown=_PRICES),
        ),
        row(
            Query(title="Invocations, and those traced", query=queries.TRACED.query),
            Query(title="What fills the log group", query=queries.VOLUME.query),
        ),
        row(Query(title="What went wrong in telemetry", query=queries.TELEMETRY.query)),
    ),
)
