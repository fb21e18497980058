"""DescribeAlarms and DescribeAlarmsForMetric (CloudWatch API reference)."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from local.cloudwatch.alarms import store
from local.cloudwatch.alarms.alarm import COMPOSITE, METRIC, Alarm
from local.cloudwatch.alarms.metric_alarm import refuse
from local.cloudwatch.alarms.rule import parse_alarm_rule
from local.cloudwatch.page_tokens import page_key, page_token
from local.database import Database
from local.endpoint.call import Answer, Call
from local.errors import AwsError, NotSupported

DESCRIBE_TAKES = frozenset(
    {
        "ActionPrefix",
        "AlarmNamePrefix",
        "AlarmNames",
        "AlarmTypes",
        "ChildrenOfAlarmName",
        "MaxRecords",
        "NextToken",
        "ParentsOfAlarmName",
        "StateValue",
    }
)
FOR_METRIC_TAKES = frozenset(
    {"Dimensions", "ExtendedStatistic", "MetricName", "Namespace", "Period", "Statistic", "Unit"}
)
_PAGE = 50
_RELATIVES = ("ChildrenOfAlarmName", "ParentsOfAlarmName")
_OF_A_CHILD = ("AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp")
_OF_A_PARENT = ("AlarmName", "AlarmArn")


class Describing:
    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self, call: Call) -> Answer:
        parameters = call.parameters
        after = _after(parameters)
        size = parameters.get("MaxRecords", _PAGE)
        with self._database.read() as connection:
            found = list(islice(_matching(connection, parameters, after), size + 1))
        page = found[:size]
        listed = {
            "MetricAlarms": [_shown(alarm, parameters) for alarm in page if alarm.kind == METRIC],
            "CompositeAlarms": [_shown(alarm, parameters) for alarm in page if alarm.kind == COMPOSITE],
        }
        return {**listed, "NextToken": page_token(page[-1].name)} if len(found) > size else listed

    def describe_for_metric(self, call: Call) -> Answer:
        """The alarms on that very metric; none that has it in an expression."""
        with self._database.read() as connection:
            alarms = [alarm.described() for alarm in store.every(connection) if _watches(alarm, call.parameters)]
        return {"MetricAlarms": alarms}


def alarm_types(parameters: Mapping[str, Any]) -> list[str]:
    """AlarmTypes; "if you omit this parameter, only metric alarms are returned". Raises NotSupported."""
    types = parameters.get("AlarmTypes") or [METRIC]
    for kind in types:
        if kind not in (METRIC, COMPOSITE):
            raise NotSupported(f"AlarmTypes: {kind} is not supported here, {METRIC} and {COMPOSITE} are")
    return list(types)


def _after(parameters: Mapping[str, Any]) -> str:
    if "NextToken" not in parameters:
        return ""
    try:
        key = page_key(parameters["NextToken"])
    except ValueError:
        key = None
    if not isinstance(key, str):
        raise AwsError("InvalidNextToken", "Invalid NextToken: it is not one that DescribeAlarms gave")
    return key


def _matching(connection: sqlite3.Connection, parameters: Mapping[str, Any], after: str) -> Iterator[Alarm]:
    related = next((key for key in _RELATIVES if key in parameters), None)
    if related:
        return _related(connection, parameters, related, after)
    if "AlarmNames" in parameters and "AlarmNamePrefix" in parameters:
        refuse("AlarmNames and AlarmNamePrefix must not be given together")
    names = set(parameters.get("AlarmNames") or ())
    types = alarm_types(parameters)
    alarms = store.every(connection, after, parameters.get("AlarmNamePrefix", ""))
    return (
        alarm
        for alarm in alarms
        if alarm.kind in types
        and (not names or alarm.name in names)
        and parameters.get("StateValue", alarm.state) == alarm.state
        and _acts(alarm, parameters.get("ActionPrefix"))
    )


def _related(connection: sqlite3.Connection, parameters: Mapping[str, Any], key: str, after: str) -> Iterator[Alarm]:
    beside = sorted(set(parameters) - {key, "MaxRecords", "NextToken"})
    if beside:
        refuse(f"{', '.join(beside)} must not be given with {key}")
    name = parameters[key]
    names: Iterable[str] = store.parents(connection, name)
    if key == "ChildrenOfAlarmName":
        alarm = store.find(connection, name)
        composite = alarm is not None and alarm.kind == COMPOSITE
        names = parse_alarm_rule(alarm.configuration["AlarmRule"]).children if alarm and composite else ()
    found = store.states(connection, sorted(name for name in names if name > after))
    return iter(found.values())


def _shown(alarm: Alarm, parameters: Mapping[str, Any]) -> dict[str, Any]:
    described = alarm.described()
    if "ChildrenOfAlarmName" in parameters:
        return {key: described[key] for key in _OF_A_CHILD}
    if "ParentsOfAlarmName" in parameters:
        return {key: described[key] for key in _OF_A_PARENT}
    return described


def _acts(alarm: Alarm, prefix: str | None) -> bool:
    return prefix is None or any(action.startswith(prefix) for action in alarm.every_action)


def _watches(alarm: Alarm, parameters: Mapping[str, Any]) -> bool:
    configuration = alarm.configuration
    wanted = {key: value for key, value in parameters.items() if key != "Dimensions"}
    return (
        "MetricName" in configuration
        and all(configuration.get(key) == value for key, value in wanted.items())
        and _pairs(configuration) == _pairs(parameters)
    )


def _pairs(parameters: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(dimension["Name"], dimension["Value"]) for dimension in parameters.get("Dimensions", ())}
