"""The pages of logs, and the data that their scripts ask for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from aiohttp import web

from local.errors import LocalError
from local.viewer.aws import CallFailed
from local.viewer.logs.events import short
from local.viewer.logs.language import COMMANDS, FUNCTIONS, WORDS
from local.viewer.logs.query import ENDED, ended_query, place_of, start_query
from local.viewer.logs.reading import (
    read_event,
    read_fields,
    read_groups,
    read_latest,
    read_record,
    read_saved,
    read_tail,
)
from local.viewer.logs.results import POINTER, chart, table
from local.viewer.visit import Page, Visit

ANSWER_WITHIN_S = 2.0  # a query that takes longer is asked for again by the page, which shows that it runs
FIRST_QUERY = "fields @timestamp, @message\n| sort @timestamp desc\n| limit 100"


class WrongMember(LocalError):
    """A member of the URL that the page cannot do anything with."""


async def show_tail(visit: Visit) -> web.Response:
    """With a query in its URL it is Insights' page."""
    if visit.query.get("query"):
        return web.Response(
            status=302, headers={"Location": f"/logs/insights?{visit.request.rel_url.raw_query_string}"}
        )
    groups = await read_groups(visit.aws)
    names = [str(group["logGroupName"]) for group in groups]
    chosen = visit.query.get("group") or _first(names)
    return visit.page("logs.html", title="Logs", groups=groups, chosen=chosen, pattern=visit.query.get("pattern", ""))


def _first(names: Sequence[str]) -> str:
    """The group that one most likely looks for: a function's."""
    return next((name for name in names if name.startswith("/aws/lambda/")), names[0] if names else "")


async def send_tail(visit: Visit) -> web.Response:
    """From a time on; with `latest` only the last of them, which a tail begins with. Where these are `all`, the next
    ones are those that come after `until`.
    """
    read = read_latest if visit.query.get("latest") else read_tail
    found = await read(visit.aws, _text(visit, "group"), visit.query.get("pattern", ""), _whole(visit, "since"))
    events = [short(one) for one in found.events]
    return visit.data({"events": events, "all": found.is_all, "until": int(visit.now_s * 1000)})


async def send_event(visit: Visit) -> web.Response:
    found = await read_event(visit.aws, _text(visit, "group"), _text(visit, "id"), _whole(visit, "time"))
    return visit.data({"fields": found.line.fields})


async def show_insights(visit: Visit) -> web.Response:
    """`data-run`: a query in the URL runs at once, unless the link to it was on another site's page: queries cost."""
    groups, saved, failed = await read_groups(visit.aws), [], None
    try:
        saved = await read_saved(visit.aws)
    except CallFailed as error:
        failed = error
    names = [str(group["logGroupName"]) for group in groups]
    is_own = visit.request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
    return visit.page(
        "insights.html",
        title="Logs Insights",
        groups=names,
        chosen=visit.request.query.getall("group", []) or [_first(names)],
        query=visit.query.get("query") or FIRST_QUERY,
        runs=is_own and bool(visit.query.get("query")),
        saved=saved,
        saved_failed=failed,
        language=json.dumps({"commands": COMMANDS, "functions": FUNCTIONS, "words": WORDS}),
    )


async def send_fields(visit: Visit) -> web.Response:
    times = visit.times
    groups = visit.request.query.getall("group", [])
    found = await read_fields(visit.aws, groups, int(times.start_s * 1000), int(times.end_s * 1000))
    return visit.data({"fields": found})


async def send_start(visit: Visit) -> web.Response:
    """Where a query is wrong its place is said."""
    groups = visit.request.query.getall("group", [])
    if not groups:
        raise WrongMember("group= is missing: a query needs one log group at least")
    try:
        query_id = await start_query(visit.aws, groups, _text(visit, "query"), visit.times)
    except CallFailed as error:
        place = place_of(error)
        if place is None:
            raise
        return visit.data({"place": asdict(place)})
    return visit.data({"id": query_id})


async def send_results(visit: Visit) -> web.Response:
    answer = await ended_query(visit.aws, _text(visit, "id"), ANSWER_WITHIN_S)
    return visit.data(shown(answer, visit.query.get("query", "")))


async def send_stop(visit: Visit) -> web.Response:
    await visit.aws.call("logs", "StopQuery", queryId=_text(visit, "id"))
    return visit.data({"stopped": True})


async def send_record(visit: Visit) -> web.Response:
    found = await read_record(visit.aws, _text(visit, "pointer"))
    return visit.data({"fields": [[name, value] for name, value in found.items() if name != POINTER]})


def shown(answer: Mapping[str, Any], query: str) -> dict[str, Any]:
    """PURE: GetQueryResults' answer as the page's script draws it."""
    results = answer.get("results", ())
    found = table(results)
    drawn = chart(found, query)
    statistics = answer.get("statistics") or {}
    return {
        "status": answer["status"],
        "ended": answer["status"] in ENDED,
        "columns": found.columns,
        "rows": found.rows,
        "pointers": [next((cell["value"] for cell in row if cell.get("field") == POINTER), None) for row in results],
        "chart": None if drawn is None else asdict(drawn),
        "matched": statistics.get("recordsMatched", 0),
        "scanned": statistics.get("recordsScanned", 0),
    }


def _text(visit: Visit, name: str) -> str:
    found = visit.query.get(name, "")
    if not found:
        raise WrongMember(f"{name}= is missing in the URL")
    return found


def _whole(visit: Visit, name: str) -> int:
    found = _text(visit, name)
    if not (found.isascii() and found.isdecimal() and len(found) < 16):
        raise WrongMember(f"{name}={found!r} is wrong: it takes milliseconds since the epoch")
    return int(found)


LOG_PAGES: tuple[Page, ...] = (
    Page("/logs", show_tail, "Logs", "l"),
    Page("/logs/insights", show_insights),
    Page("/logs/tail", send_tail),
    Page("/logs/event", send_event),
    Page("/logs/fields", send_fields),
    Page("/logs/start", send_start),
    Page("/logs/results", send_results),
    Page("/logs/stop", send_stop),
    Page("/logs/record", send_record),
)
