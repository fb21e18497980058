"""The pages of traces, and the data that their scripts ask for."""

import json
from collections.abc import Sequence

from aiohttp import web

from local.errors import LocalError
from local.viewer.aws import CallFailed
from local.viewer.logs.events import short
from local.viewer.traces.comparison import compare
from local.viewer.traces.document import indented
from local.viewer.traces.histogram import histogram
from local.viewer.traces.reading import Found, find_traces, read_trace, read_traces
from local.viewer.traces.summary import Summary, narrowed, points
from local.viewer.traces.trace_logs import read_trace_logs
from local.viewer.traces.view import trace_view
from local.viewer.traces.waterfall import waterfall
from local.viewer.visit import Page, Visit

MOST_ROWS = 200  # of the table at first; the plots show all that were found
_ORDERS = {"": "latest first", "response": "slowest first"}


class WrongQuery(LocalError):
    """A member of the URL that the page cannot do anything with."""


async def show_list(visit: Visit) -> web.Response:
    """A filter that X-Ray refuses is said above the list, beside the filter."""
    query, failed = visit.query, None
    from_s, to_s = _seconds(visit, "from"), _seconds(visit, "to")
    expression = query.get("filter", "")
    try:
        found = await find_traces(visit.aws, visit.times, narrowed(expression, from_s, to_s))
    except CallFailed as error:
        found, failed = Found((), True, 0), error
    bins = histogram(one.response_s for one in found.traces if one.response_s is not None)
    ordered = _ordered(found.traces, query.get("sort", ""))
    return visit.page(
        "traces.html",
        title="Traces",
        found=found,
        failed=failed,
        expression=expression,
        brushed=(from_s, to_s),
        rows=ordered if query.get("rows") == "all" else ordered[:MOST_ROWS],
        points=json.dumps(points(found.traces)),
        bins=json.dumps([[one.from_s, one.to_s, one.count] for one in bins]),
        orders=_ORDERS,
    )


async def show_trace(visit: Visit) -> web.Response:
    found = await read_trace(visit.aws, visit.path["id"])
    drawn = waterfall(found.documents)
    return visit.page("trace.html", title=found.id, trace=found, drawn=drawn, view=trace_view(drawn))


async def send_panels(visit: Visit) -> web.Response:
    """What the rows open to. Apart from the page, which with a thousand of them would be there later."""
    found = await read_trace(visit.aws, visit.path["id"])
    return visit.page("panels.html", title=found.id, view=trace_view(waterfall(found.documents)))


async def send_raw(visit: Visit) -> web.Response:
    """The documents as X-Ray has them: one text each, indented."""
    found = await read_trace(visit.aws, visit.path["id"])
    return visit.data({"documents": [*map(indented, found.documents), *found.unreadable]})


async def send_logs(visit: Visit) -> web.Response:
    found = await read_trace(visit.aws, visit.path["id"])
    logs = await read_trace_logs(visit.aws, found.id, waterfall(found.documents))
    return visit.data(
        {
            "events": [{**short(one), "group": one.group, "fields": one.line.fields} for one in logs.events],
            "groups": list(logs.groups),
            "failed": [str(error) for error in logs.failed],
            "all": logs.is_all,
        }
    )


async def show_comparison(visit: Visit) -> web.Response:
    """`a` and `b`, or the first two `id`s, as the list's check boxes give them."""
    ids = [visit.query[name].strip() for name in ("a", "b") if visit.query.get(name, "").strip()]
    ids = ids or visit.request.query.getall("id", [])[:2]
    if len(ids) < 2:
        return visit.page("trace_choice.html", title="Compare", first=ids[0] if ids else "")
    first, second = await read_traces(visit.aws, ids[:2])
    drawn = waterfall(first.documents), waterfall(second.documents)
    return visit.page(
        "comparison.html",
        title="Compare",
        ids=ids,
        drawn=drawn,
        views=[trace_view(one) for one in drawn],
        comparison=compare(*drawn),
    )


def _ordered(traces: Sequence[Summary], order: str) -> Sequence[Summary]:
    if order not in _ORDERS:
        raise WrongQuery(f"sort={order!r} is wrong: it takes {' or '.join(name for name in _ORDERS if name)}")
    return sorted(traces, key=lambda one: one.response_s or 0.0, reverse=True) if order else traces


def _seconds(visit: Visit, name: str) -> float | None:
    given = visit.query.get(name, "")
    if not given:
        return None
    try:
        found = float(given)
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e6:
        raise WrongQuery(f"{name}={given!r} is wrong: it takes a response time in seconds, such as 0.25")
    return found


TRACE_PAGES: tuple[Page, ...] = (
    Page("/traces", show_list, "Traces", "t"),
    Page("/traces/compare", show_comparison),
    Page("/traces/{id}", show_trace),
    Page("/traces/{id}/panels", send_panels),
    Page("/traces/{id}/raw", send_raw),
    Page("/traces/{id}/logs", send_logs),
)
