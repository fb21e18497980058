"""The page of Lambda's functions, and the reports that its script asks for."""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from local.viewer.functions.configuration import entries, log_group
from local.viewer.functions.reading import Reports, read_configuration, read_functions, read_reports
from local.viewer.functions.report import Report, figures
from local.viewer.logs.results import time_ms
from local.viewer.traces.histogram import histogram
from local.viewer.visit import Page, Visit

MOST_ROWS = 100
MOST_POINTS = 3000  # of the plots; the figures are of all


async def show_functions(visit: Visit) -> web.Response:
    """One function at a time: the one in the URL, else the first."""
    functions = await read_functions(visit.aws)
    names = [str(one.get("FunctionName", "")) for one in functions]
    chosen = visit.query.get("function") or (names[0] if names else "")
    configuration = await read_configuration(visit.aws, chosen) if chosen else {}
    return visit.page(
        "functions.html",
        title="Lambda",
        names=names,
        chosen=chosen,
        entries=list(entries(configuration)),
        group=log_group(configuration) if chosen else "",
    )


async def send_reports(visit: Visit) -> web.Response:
    """The group is the configuration's, so that nothing but the function's name is in the URL."""
    configuration = await read_configuration(visit.aws, visit.query.get("function", ""))
    found = await read_reports(visit.aws, log_group(configuration), visit.times)
    return visit.data(shown(found))


def shown(found: Reports) -> dict[str, Any]:
    """PURE: for the page's script: times in milliseconds since the epoch, durations in milliseconds, memory in MB."""
    reports = found.reports
    timed = [(one, at) for one in reports[:MOST_POINTS] if (at := time_ms(one.time)) is not None]
    return {
        "figures": asdict(figures(reports)),
        "count": len(reports),
        "matched": found.matched,
        "durations": [
            [at, one.duration_ms / 1000, _outcome(one), one.is_cold, one.trace_id or ""]
            for one, at in timed
            if one.duration_ms is not None
        ],
        "memory": [
            [at, one.used_mb, _outcome(one), one.is_cold, one.trace_id or ""]
            for one, at in timed
            if one.used_mb is not None
        ],
        "bins": [
            [one.from_s, one.to_s, one.count]
            for one in histogram(
                one.duration_ms / 1000 for one in reports if not one.is_cold and one.duration_ms is not None
            )
        ],
        "rows": [{**asdict(one), "cold": one.is_cold, "at": time_ms(one.time)} for one in reports[:MOST_ROWS]],
    }


def _outcome(one: Report) -> str:
    return "ok" if one.status in ("", "success") else "fault"


FUNCTION_PAGES: tuple[Page, ...] = (
    Page("/lambda", show_functions, "Lambda", "f"),
    Page("/lambda/reports", send_reports),
)
