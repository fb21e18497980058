"""The pages of dashboards: the list, one of them, its data, its log widgets."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from aiohttp import web

from local.errors import LocalError
from local.viewer.aws import Aws, CallFailed
from local.viewer.dashboards.answering import Asked, answer_widgets
from local.viewer.dashboards.custom import Context, run
from local.viewer.dashboards.drawing import Document, failed
from local.viewer.dashboards.gallery import GALLERY_BODY, gallery_answer, gallery_documents, gallery_log
from local.viewer.dashboards.insights import run_query
from local.viewer.dashboards.log_chart import build_categories, build_table, build_time_series
from local.viewer.dashboards.periods import CHOICES
from local.viewer.dashboards.plan import Widget, plan, read_body
from local.viewer.dashboards.recent import Recent
from local.viewer.dashboards.times import widget_times
from local.viewer.dashboards.units import units_of
from local.viewer.dashboards.variables import Variable, apply, read_search, read_variables
from local.viewer.links import link
from local.viewer.time_range import TimeRange, read_time_range
from local.viewer.visit import NotThere, Page, Visit

RECENT = web.AppKey("recent", Recent)


@dataclass(frozen=True, slots=True)
class Urls:
    """Where a page's data is, its axes' units, and, below the other two, a log widget's and a custom widget's."""

    data: str
    units: str
    log: str
    custom: str

    PARTS: ClassVar = ("data", "units", "log/", "custom/")


async def show_list(visit: Visit) -> web.Response:
    entries = await visit.aws.listed("cloudwatch", "ListDashboards", "DashboardEntries")
    shown = sorted(entries, key=lambda entry: str(entry["DashboardName"]))
    return visit.page("dashboards.html", title="Dashboards", entries=shown)


async def show_one(visit: Visit) -> web.Response:
    name = visit.path["name"]
    body = await _body(visit.aws, name)
    found = await _searched(visit.aws, body)
    path = link("/dashboards", name)
    return _page(
        visit, name, body, read_variables(body, visit.query, found), Urls(*(f"{path}/{of}" for of in Urls.PARTS))
    )


async def send_data(visit: Visit) -> web.Response:
    body = await _body(visit.aws, visit.path["name"])
    times = _times(visit, body)
    page, is_refresh = _without_refresh(visit), "refresh" in visit.query
    recent = visit.request.app[RECENT]
    known = recent.still_good(page, visit.now_s) if is_refresh else {}
    asked = Asked(times, visit.now_s, visit.query.get("period", ""), body.get("periodOverride"), known)
    documents = await answer_widgets(visit.aws, _widgets(visit, body), asked)
    recent.keep(page, documents, visit.now_s, known)
    return visit.data({"start": times.start_s, "end": times.end_s, "widgets": documents})


async def send_log(visit: Visit) -> web.Response:
    body = await _body(visit.aws, visit.path["name"])
    widget = _named(_widgets(visit, body), visit.path["key"], "log")
    properties = widget.properties
    try:
        times = widget_times(properties, _times(visit, body), visit.now_s)
        answer = await run_query(visit.aws, properties, times)
    except LocalError as error:
        return visit.data(failed(widget, str(error)))
    return visit.data(_log_document(widget, answer["results"], times))


async def run_widget(visit: Visit) -> web.Response:
    """Runs a custom widget's function. A link must not: only this viewer's own pages send the header."""
    headers = visit.request.headers
    if headers.get("Sec-Fetch-Site") != "same-origin" or "X-Run-Widget" not in headers:
        raise NotThere("A widget's function is run by the button in its place alone.")
    name = visit.path["name"]
    body = await _body(visit.aws, name)
    widget = _named(_widgets(visit, body), visit.path["key"], "custom")
    times = _times(visit, body)
    try:
        return visit.data(await run(visit.aws, widget, Context(name, times.start_s, times.end_s)))
    except LocalError as error:
        return visit.data(failed(widget, str(error)))


async def send_units(visit: Visit) -> web.Response:
    body = await _body(visit.aws, visit.path["name"])
    return visit.data(await units_of(visit.aws, _widgets(visit, body), _times(visit, body)))


async def show_gallery(visit: Visit) -> web.Response:
    return _page(
        visit,
        "Gallery",
        GALLERY_BODY,
        read_variables(GALLERY_BODY, visit.query, {}),
        Urls("/gallery/data", "", "/gallery/log/", "/gallery/custom/"),
    )


async def send_gallery(visit: Visit) -> web.Response:
    times = _times(visit, GALLERY_BODY)
    documents = gallery_documents(_widgets(visit, GALLERY_BODY), times)
    return visit.data({"start": times.start_s, "end": times.end_s, "widgets": documents})


async def send_gallery_log(visit: Visit) -> web.Response:
    widget = _named(_widgets(visit, GALLERY_BODY), visit.path["key"], "log")
    times = _times(visit, GALLERY_BODY)
    return visit.data(
        _log_document(
            widget, gallery_log(times, by_time="bin(" in str(widget.properties["query"])), (times.start_s, times.end_s)
        )
    )


async def send_gallery_custom(visit: Visit) -> web.Response:
    return visit.data(gallery_answer(_named(_widgets(visit, GALLERY_BODY), visit.path["key"], "custom")))


def _without_refresh(visit: Visit) -> str:
    return f"{visit.request.path}?{visit.request.rel_url.without_query_params('refresh').query_string}"


async def _body(aws: Aws, name: str) -> dict[str, Any]:
    try:
        answer = await aws.call("cloudwatch", "GetDashboard", DashboardName=name)
    except CallFailed as error:
        if error.code in ("DashboardNotFoundError", "ResourceNotFound"):
            raise NotThere(f"There is no dashboard {name!r} here.") from None
        raise
    return read_body(answer["DashboardBody"])


def _times(visit: Visit, body: Mapping[str, Any]) -> TimeRange:
    """What the URL says, else what the dashboard does."""
    own = {name: str(body[name]) for name in ("start", "end") if name in body}
    return visit.times if "start" in visit.query or not own else read_time_range(own, visit.now_s)


def _widgets(visit: Visit, body: Mapping[str, Any]) -> list[Widget]:
    return plan(apply(body, read_variables(body, visit.query, {})))


def _named(widgets: Sequence[Widget], key: str, kind: str) -> Widget:
    for widget in widgets:
        if widget.key == key and widget.kind == kind:
            return widget
    raise NotThere(f"The dashboard has no {kind} widget {key!r}.")


def _page(visit: Visit, name: str, body: Mapping[str, Any], variables: Sequence[Variable], urls: Urls) -> web.Response:
    """The data is asked for with the variables' values."""
    return visit.page(
        "dashboard.html",
        title=name,
        name=name,
        widgets=plan(apply(body, variables)),
        variables=variables,
        times=_times(visit, body),
        periods=CHOICES,
        data_url=urls.data,
        units_url=urls.units,
        log_url=urls.log,
        custom_url=urls.custom,
    )


async def _searched(aws: Aws, body: Mapping[str, Any]) -> dict[str, list[str]]:
    """What each variable's search finds. One that fails finds nothing: its box says so by being empty."""
    wanted = [variable for variable in body.get("variables", ()) if "search" in variable]
    found = await asyncio.gather(*(_found(aws, variable) for variable in wanted))
    return {variable["id"]: values for variable, values in zip(wanted, found, strict=True)}


async def _found(aws: Aws, variable: Mapping[str, Any]) -> list[str]:
    search = read_search(str(variable["search"]))
    if search is None:
        return []
    named = {"MetricName": search.metric} if search.metric else {}
    filters = [
        {"Name": name, **({"Value": search.values[name]} if name in search.values else {})}
        for name in search.dimensions
    ]
    metrics = await aws.listed(
        "cloudwatch", "ListMetrics", "Metrics", Namespace=search.namespace, Dimensions=filters, **named
    )
    wanted = str(variable["populateFrom"])
    values = {
        dimension["Value"]
        for metric in metrics
        if len(metric["Dimensions"]) == len(search.dimensions)
        for dimension in metric["Dimensions"]
        if dimension["Name"] == wanted
    }
    return sorted(values)


def _log_document(widget: Widget, results: Sequence[Any], times: tuple[float, float]) -> Document:
    table = build_table(results)
    document: Document = {"key": widget.key, "kind": f"log-{widget.view}", "title": widget.title}
    document |= {"start": times[0], "end": times[1], "stacked": widget.properties.get("stacked") is True}
    if widget.view == "timeSeries":
        return document | {"series": build_time_series(table)}
    if widget.view in ("bar", "pie"):
        return document | {"categories": build_categories(table)}
    return document | table


DASHBOARD_PAGES: tuple[Page, ...] = (
    Page("/dashboards", show_list, "Dashboards", "d"),
    Page("/dashboards/{name}", show_one),
    Page("/dashboards/{name}/data", send_data),
    Page("/dashboards/{name}/log/{key}", send_log),
    Page("/dashboards/{name}/custom/{key}", run_widget),
    Page("/dashboards/{name}/units", send_units),
    Page("/gallery", show_gallery),
    Page("/gallery/data", send_gallery),
    Page("/gallery/log/{key}", send_gallery_log),
    Page("/gallery/custom/{key}", send_gallery_custom),
)
