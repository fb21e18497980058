"""PURE: board, thresholds, objectives, filters and queries -> the CloudFormation template of the nested stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboards import board, filters, heads, limits, queries
from dashboards.alarms import Alarm, Composite, composite_alarm, description, full_name, logical_id, metric_alarm
from dashboards.body import joined, pretty
from dashboards.errors import BoardError
from dashboards.layout import body
from dashboards.saved import query_definition, resource_id
from dashboards.substitution import PARAMETERS, sub, sub_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.filters import LogFilter
    from dashboards.layout import Dashboard
    from dashboards.saved import SavedQuery, TraceFilter

_ABOUT = (
    "Dashboards, alarms, saved queries and log metrics. Made by python -m dashboards build: edit dashboards/board.py"
)
_LONGEST_LINK = 300
"""Characters that a runbook's URL may have in an alarm's description, and the names in an alarm's name."""

CONDITIONS: dict[str, Any] = {
    "ExpectsTraffic": {"Fn::Equals": [{"Ref": "ExpectsTraffic"}, "true"]},
    "HasReserve": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ReservedConcurrency"}, "-1"]}]},
    "HasRunbookUrl": {"Fn::Not": [{"Fn::Equals": [{"Ref": "RunbookUrl"}, ""]}]},
}


@dataclass(frozen=True)
class Board:
    """All that goes into one template."""

    dashboards: tuple[Dashboard, ...]
    alarms: tuple[Alarm, ...]
    composites: tuple[Composite, ...]
    filters: tuple[LogFilter, ...]
    queries: tuple[SavedQuery, ...]
    trace_filters: tuple[TraceFilter, ...]

    def watchers(self) -> tuple[Alarm | Composite, ...]:
        return (*self.alarms, *self.composites)

    def acting(self) -> tuple[Alarm | Composite, ...]:
        """Those that tell somebody."""
        return (*(alarm for alarm in self.alarms if alarm.acts), *self.composites)


def own() -> Board:
    """The board of this repository."""
    return Board(
        board.ALL,
        (*board.ALARMS, *board.BURN_ALARMS),
        board.COMPOSITES,
        filters.ALL,
        queries.ALL,
        queries.TRACE_FILTERS,
    )


def text(whole: Board) -> str:
    """The template as it is committed."""
    return pretty(template(whole)) + "\n"


def template(whole: Board) -> dict[str, Any]:
    """The template. Raises BoardError for what CloudWatch would refuse."""
    _check(whole)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _ABOUT,
        "Parameters": dict(sorted(PARAMETERS.items())),
        "Conditions": CONDITIONS,
        "Resources": dict(sorted(_resources(whole))),
        "Outputs": dict(sorted(_outputs(whole))),
    }


def dashboard_id(dashboard: Dashboard) -> str:
    return "".join(word.capitalize() for word in dashboard.name.split("-")) + "Dashboard"


def _resources(whole: Board) -> Iterator[tuple[str, dict[str, Any]]]:
    for dashboard in whole.dashboards:
        yield dashboard_id(dashboard), _dashboard(dashboard, whole)
    for alarm in whole.alarms:
        yield logical_id(alarm.name), sub_all(metric_alarm(alarm))
    for composite in whole.composites:
        yield logical_id(composite.name), sub_all(composite_alarm(composite))
    for log_filter in whole.filters:
        yield f"{log_filter.name}Filter", sub_all(_metric_filter(log_filter))
    for query in whole.queries:
        yield resource_id(query), sub_all(query_definition(query))


def _dashboard(dashboard: Dashboard, whole: Board) -> dict[str, Any]:
    head = heads.head(dashboard, whole.dashboards, whole.trace_filters)
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": sub(heads.full_name(dashboard)),
            "DashboardBody": joined(body(dashboard, head)),
        },
    }


def _metric_filter(log_filter: LogFilter) -> dict[str, Any]:
    """AWS::Logs::MetricFilter. One with a default has no dimensions, CloudWatch wants it so."""
    transformation: dict[str, Any] = {
        "MetricName": log_filter.name,
        "MetricNamespace": "${Namespace}",
        "MetricValue": log_filter.value,
        "Unit": log_filter.unit.value,
    }
    if log_filter.otherwise is not None:
        transformation["DefaultValue"] = log_filter.otherwise
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": "${LogGroupName}",
            "FilterPattern": f"{{ {log_filter.pattern.text()} }}",
            "MetricTransformations": [transformation],
        },
    }


def _outputs(whole: Board) -> Iterator[tuple[str, dict[str, Any]]]:
    for dashboard in whole.dashboards:
        yield (
            f"{dashboard_id(dashboard)}Name",
            {"Description": dashboard.about, "Value": {"Ref": dashboard_id(dashboard)}},
        )
        if dashboard is whole.dashboards[0]:
            url = {"Description": "Where to look first", "Value": sub(heads.url(dashboard))}
            yield f"{dashboard_id(dashboard)}Url", url
    for alarm in whole.alarms:
        if alarm.rolls_back:
            about = f"Takes a deployment back: {alarm.name}"
            yield f"{logical_id(alarm.name)}Name", {"Description": about, "Value": {"Ref": logical_id(alarm.name)}}


def _check(whole: Board) -> None:
    names = [alarm.name for alarm in whole.watchers()]
    for alarm in whole.watchers():
        if names.count(alarm.name) > 1:
            raise BoardError(alarm.origin, f"two alarms have the name {alarm.name}")
        length = len(description(alarm)) + _LONGEST_LINK
        if length > limits.ALARM_DESCRIPTION.most:
            most = limits.ALARM_DESCRIPTION
            raise BoardError(alarm.origin, f"alarm {alarm.name}: with a link {length}, at most {most.most} {most.unit}")
        if len(full_name(alarm.name)) > limits.ALARM_NAME.most:
            raise BoardError(alarm.origin, f"alarm {alarm.name}: its name is over {limits.ALARM_NAME.most} characters")
    for composite in whole.composites:
        _check_composite(composite, whole)
    _check_actions(whole)


def _check_composite(composite: Composite, whole: Board) -> None:
    unknown = [alarm.name for alarm in composite.children if alarm not in whole.alarms]
    if unknown:
        raise BoardError(composite.origin, f"composite {composite.name} is made of alarms not on the board: {unknown}")
    rule = len(composite_alarm(composite)["Properties"]["AlarmRule"]) + _LONGEST_LINK
    if rule > limits.COMPOSITE_RULE.most:
        raise BoardError(composite.origin, f"over {limits.COMPOSITE_RULE.most} {limits.COMPOSITE_RULE.unit}")
    if len(composite.children) > limits.COMPOSITE_CHILDREN.most:
        raise BoardError(composite.origin, f"over {limits.COMPOSITE_CHILDREN.most} {limits.COMPOSITE_CHILDREN.unit}")


def _check_actions(whole: Board) -> None:
    """An alarm that tells nobody, itself or by a composite, is decoration."""
    heard = {alarm.name for composite in whole.composites for alarm in composite.children}
    for alarm in whole.alarms:
        if not alarm.acts and alarm.name not in heard:
            raise BoardError(alarm.origin, f"alarm {alarm.name} neither acts nor is part of a composite")
