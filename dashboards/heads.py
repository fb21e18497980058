"""PURE: the text on top of a dashboard: what it is for, and the links to the others, runbook, logs and traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.layout import Row, row
from dashboards.widgets import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboards.layout import Dashboard
    from dashboards.saved import TraceFilter

_CONSOLE = "https://${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=${AWS::Region}"


def full_name(dashboard: Dashboard) -> str:
    return f"${{ServiceName}}-${{Stage}}-{dashboard.name}"


def url(dashboard: Dashboard) -> str:
    return f"{_CONSOLE}#dashboards/dashboard/{full_name(dashboard)}"


def head(dashboard: Dashboard, others: Iterable[Dashboard], filters: Iterable[TraceFilter]) -> Row:
    links = [
        "[Runbook](${Runbook})",
        f"[Logs]({_CONSOLE}#logsV2:log-groups/log-group/${{LogGroupPath}})",
        f"[Queries]({_CONSOLE}#logsV2:logs-insights)",
        f"[Traces]({_CONSOLE}#xray:traces/query)",
        f"[Trace map]({_CONSOLE}#xray:service-map/map)",
        f"[Alarms]({_CONSOLE}#alarmsV2:)",
        *(f"[{one.title}]({url(one)})" for one in others if one is not dashboard),
    ]
    traces = " · ".join(f"{one.answers}: `{one.expression}`" for one in filters)
    text = (
        f"# ${{ServiceName}} ${{Stage}}: {dashboard.title}\n{dashboard.about}\n\n"
        f"{' · '.join(links)}\n\nTrace filters: {traces}"
    )
    return row(Text(markdown=text), height=4)
