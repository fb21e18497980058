"""The Overview's page and its data."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from local.viewer.alarms import all_alarms
from local.viewer.alarms.status import SEVERITY, Document, status
from local.viewer.aws import Aws, CallFailed
from local.viewer.dashboards import Asked, answer_widgets, plan, units_of
from local.viewer.dashboards.plan import read_body
from local.viewer.overview.signals import overview_body
from local.viewer.time_range import iso
from local.viewer.visit import Page, Visit

MOST_DASHBOARDS = 20
MOST_FAULTS = 12
NEWEST_S = 600.0
FAULTS = "fault = true OR error = true"


async def show(visit: Visit) -> web.Response:
    return visit.page(
        "overview.html",
        title="Overview",
        widgets=plan(await _body(visit.aws)),
        data_url="/overview/data",
        units_url="/overview/units",
        embedded={**visit.times.query, "embed": "1"},
    )


async def send_data(visit: Visit) -> web.Response:
    """The graphs and the alarms that are not OK, at once; one that fails doesn't stop the other."""
    body = await _body(visit.aws)
    asked = Asked(visit.times, visit.now_s, "", body["periodOverride"])
    widgets, alarms = await asyncio.gather(answer_widgets(visit.aws, plan(body), asked), _alarms(visit.aws))
    times = {"start": visit.times.start_s, "end": visit.times.end_s}
    return visit.data({**times, "widgets": widgets, "alarms": alarms})


async def send_units(visit: Visit) -> web.Response:
    return visit.data(await units_of(visit.aws, plan(await _body(visit.aws)), visit.times))


async def send_faults(visit: Visit) -> web.Response:
    """The newest traces with a fault or an error: of the last minutes, or of the whole time where those have none."""
    found: list[Mapping[str, Any]] = []
    for length_s in (min(NEWEST_S, visit.times.length_s), visit.times.length_s):
        found = await _summaries(visit, visit.times.end_s - length_s)
        if found or length_s == visit.times.length_s:
            break
    newest = sorted(found, key=lambda summary: str(summary["Id"])[2:10], reverse=True)
    newest.sort(key=lambda summary: not summary.get("HasFault"))
    return visit.data({"shown": [_fault(summary) for summary in newest[:MOST_FAULTS]], "total": len(found)})


async def _body(aws: Aws) -> dict[str, Any]:
    entries = await aws.listed("cloudwatch", "ListDashboards", "DashboardEntries")
    names = [str(entry["DashboardName"]) for entry in entries][:MOST_DASHBOARDS]
    answers = await asyncio.gather(*(aws.call("cloudwatch", "GetDashboard", DashboardName=name) for name in names))
    return overview_body([read_body(answer["DashboardBody"]) for answer in answers], aws.place.region)


async def _alarms(aws: Aws) -> Document:
    """Those not OK, the worst first: an alarm that is part of a composite after those that are not."""
    try:
        alarms = await all_alarms(aws)
    except CallFailed as error:
        return {"error": str(error)}
    shown = sorted(
        (status(alarm) for alarm in alarms if alarm["StateValue"] != "OK"),
        key=lambda one: (SEVERITY.get(str(one["state"]), 3), not one["acts"], str(one["name"])),
    )
    return {"shown": shown, "total": len(alarms)}


async def _summaries(visit: Visit, start_s: float) -> list[Mapping[str, Any]]:
    return await visit.aws.listed(
        "xray",
        "GetTraceSummaries",
        "TraceSummaries",
        StartTime=datetime.fromtimestamp(start_s, UTC),
        EndTime=visit.times.end,
        FilterExpression=FAULTS,
        limit=2,
    )


def _fault(summary: Mapping[str, Any]) -> Document:
    http = summary.get("Http", {})
    began_s = summary["StartTime"].timestamp() if "StartTime" in summary else int(str(summary["Id"])[2:10], 16)
    return {
        "id": summary["Id"],
        "at": iso(began_s),
        "fault": bool(summary.get("HasFault")),
        "status": http.get("HttpStatus"),
        "method": http.get("HttpMethod", ""),
        "url": http.get("HttpURL", ""),
        "ms": round(1_000 * float(summary.get("ResponseTime", summary.get("Duration", 0)))),
    }


OVERVIEW_PAGES: tuple[Page, ...] = (
    Page("/", show, "Overview", "o"),
    Page("/overview/data", send_data),
    Page("/overview/units", send_units),
    Page("/overview/faults", send_faults),
)
