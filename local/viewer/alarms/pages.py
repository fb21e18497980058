"""The pages of alarms: the list, one of them, its graph's data; and the runbook."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from local.viewer.alarms.describing import Alarm, alarms_named, all_alarms
from local.viewer.alarms.graph import alarm_period, comparison, condition
from local.viewer.alarms.rule_tree import children, rule_tree
from local.viewer.alarms.runbook import runbook_section, without_runbook
from local.viewer.alarms.status import SEVERITY, Document, status
from local.viewer.alarms.timeline import timeline
from local.viewer.dashboards import Asked, Widget, answer_widgets, plan
from local.viewer.time_range import TimeRange, read_time_range
from local.viewer.visit import NotThere, Page, Visit

MOST_HISTORY = 100
_BREACHES = {">": lambda v, t: v > t, ">=": lambda v, t: v >= t, "<": lambda v, t: v < t, "<=": lambda v, t: v <= t}


async def show_list(visit: Visit) -> web.Response:
    alarms = await all_alarms(visit.aws)
    state, words = visit.query.get("state", ""), visit.query.get("q", "").lower()
    composed = {name for alarm in alarms for name in children(alarm.get("AlarmRule", ""))}
    shown = [
        {**status(alarm), "part": alarm["AlarmName"] in composed, "runbook": _runbook(alarm)}
        for alarm in alarms
        if (not state or alarm["StateValue"] == state) and words in alarm["AlarmName"].lower()
    ]
    shown.sort(key=lambda one: (SEVERITY.get(str(one["state"]), 3), one["part"], str(one["name"])))
    counts = {one: sum(alarm["StateValue"] == one for alarm in alarms) for one in SEVERITY}
    return visit.page(
        "alarms.html", title="Alarms", alarms=shown, counts=counts, total=len(alarms), state=state, words=words
    )


async def show_one(visit: Visit) -> web.Response:
    alarm = await _alarm(visit)
    times = _times(visit, alarm)
    updates, history = await _history(visit, alarm, times)
    mentioned = await _children(visit, alarm)
    parents = [one for one in await all_alarms(visit.aws) if alarm["AlarmName"] in children(one.get("AlarmRule", ""))]
    return visit.page(
        "alarm.html",
        title=alarm["AlarmName"],
        alarm=alarm,
        now=status(alarm),
        description=without_runbook(alarm.get("AlarmDescription", "")),
        runbook=_runbook(alarm),
        condition="" if "AlarmRule" in alarm else condition(alarm),
        tree=rule_tree(alarm["AlarmRule"], {one["AlarmName"]: one for one in mentioned})
        if "AlarmRule" in alarm
        else None,
        spans=timeline(updates, alarm["StateValue"], times.start_s, times.end_s),
        history=history,
        parents=sorted(parents, key=lambda one: str(one["AlarmName"])),
        children=mentioned,
        times=times,
        data_url=f"{visit.request.path_qs.partition('?')[0]}/data",
    )


async def send_data(visit: Visit) -> web.Response:
    """The graphs of a metric alarm, or of all children of a composite, each with its breaching points."""
    alarm = await _alarm(visit)
    times = _times(visit, alarm)
    shown = [one for one in (alarm, *await _children(visit, alarm)) if "AlarmRule" not in one]
    documents = await answer_widgets(visit.aws, _widgets(shown), Asked(times, visit.now_s, "inherit"))
    for one, document in zip(shown, documents, strict=True):
        _mark_breaching(one, document)
    return visit.data({"start": times.start_s, "end": times.end_s, "widgets": documents})


async def show_runbook(visit: Visit) -> web.Response:
    path = visit.aws.place.root / "docs" / "runbook.md"
    if not path.is_file():
        raise NotThere("There is no docs/runbook.md in the folder from which the viewer was started.")
    return visit.page("runbook.html", title="Runbook", text=path.read_text(encoding="utf-8"))


async def _alarm(visit: Visit) -> Alarm:
    name = visit.path["name"]
    found = await alarms_named(visit.aws, [name])
    if name not in found:
        raise NotThere(f"There is no alarm {name!r} here.")
    return found[name]


async def _children(visit: Visit, alarm: Alarm) -> list[Alarm]:
    """Of a composite, in the order of its rule; those that are not there are left out."""
    wanted = children(alarm.get("AlarmRule", ""))
    found = await alarms_named(visit.aws, wanted)
    return [found[name] for name in wanted if name in found]


def _widgets(alarms: Sequence[Alarm]) -> list[Widget]:
    """A metric widget with an alarm annotation for each, as a dashboard would have it."""
    return plan(
        {
            "widgets": [
                {
                    "type": "metric",
                    "properties": {"title": alarm["AlarmName"], "annotations": {"alarms": [alarm["AlarmName"]]}},
                }
                for alarm in alarms
            ]
        }
    )


def _times(visit: Visit, alarm: Alarm) -> TimeRange:
    """Without times in the URL as long as it takes to see thirty periods, three hours at least."""
    if "AlarmRule" in alarm:
        return read_time_range(visit.query, visit.now_s, "-PT12H")
    period = alarm_period(alarm)
    usual = "-PT3H" if period <= 300 else "-PT12H" if period <= 1_800 else "-P3D" if period <= 6 * 3_600 else "-P28D"
    return read_time_range(visit.query, visit.now_s, usual)


async def _history(
    visit: Visit, alarm: Alarm, times: TimeRange
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Its updates since the range began, for the timeline; the newest of all its items, for the list."""
    named = {"AlarmName": alarm["AlarmName"], "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    since = {"HistoryItemType": "StateUpdate", "StartDate": times.start}
    updates = await visit.aws.listed(
        "cloudwatch", "DescribeAlarmHistory", "AlarmHistoryItems", MaxRecords=100, **named, **since
    )
    newest = await visit.aws.call("cloudwatch", "DescribeAlarmHistory", MaxRecords=MOST_HISTORY, **named)
    return updates, list(newest["AlarmHistoryItems"])


def _mark_breaching(alarm: Alarm, document: Document) -> None:
    breaches = _BREACHES.get(comparison(alarm))
    if breaches is None or "Threshold" not in alarm:
        return
    for series in document.get("series", ()):
        series["marked"] = [index for index, value in enumerate(series["v"]) if breaches(value, alarm["Threshold"])]


def _runbook(alarm: Alarm) -> str:
    return runbook_section(alarm.get("AlarmDescription", ""))


ALARM_PAGES: tuple[Page, ...] = (
    Page("/alarms", show_list, "Alarms", "a"),
    Page("/alarms/{name}", show_one),
    Page("/alarms/{name}/data", send_data),
    Page("/runbook", show_runbook, "Runbook", "b"),
)
