"""The operations that change alarms (CloudWatch API reference): put, delete, enable, disable, set the state."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from local.cloudwatch.alarms import history, store
from local.cloudwatch.alarms.alarm import COMPOSITE, METRIC, Alarm, new_alarm
from local.cloudwatch.alarms.composite_alarm import composite_alarm
from local.cloudwatch.alarms.evaluation import Verdict
from local.cloudwatch.alarms.metric_alarm import metric_alarm, refuse
from local.cloudwatch.alarms.rule import alarm_name, parse_alarm_rule
from local.cloudwatch.alarms.schedule import window
from local.cloudwatch.alarms.tagging import add_tags
from local.cloudwatch.alarms.transitions import Transitions
from local.cloudwatch.alarms.watch import period_of
from local.cloudwatch.source import MetricSource
from local.database import Database
from local.endpoint.call import Answer, Call
from local.errors import AwsError

MOST_PARENTS = 150  # "Any single alarm can be included in the rule expressions of as many as 150 composite alarms"
_DEEPEST = 500  # brackets of StateReasonData


class Changing:
    def __init__(self, database: Database, source: MetricSource, clock: Callable[[], float]) -> None:
        self._database = database
        self._source = source
        self._clock = clock

    def put_metric_alarm(self, call: Call) -> Answer:
        configuration = metric_alarm(call.parameters)
        if "Metrics" in configuration:  # the metrics' room knows whether the expressions are good
            asked = window(period_of(configuration), 1, self._clock())
            self._source.evaluate(configuration["Metrics"], asked.start_s, asked.end_s)
        with self._database.write() as connection:
            self._put(connection, call, METRIC, configuration)
        return {}

    def put_composite_alarm(self, call: Call) -> Answer:
        configuration = composite_alarm(call.parameters)
        with self._database.write() as connection:
            _check_relatives(connection, call.parameters["AlarmName"], configuration)
            self._put(connection, call, COMPOSITE, configuration)
        return {}

    def delete_alarms(self, call: Call) -> Answer:
        """Those that are there are deleted, whatever is not there: that is said after."""
        names = list(dict.fromkeys(call.parameters["AlarmNames"]))
        now_s = self._clock()
        with self._database.write() as connection:
            alarms = store.states(connection, names)
            _check_deletable(connection, alarms)
            for alarm in alarms.values():
                store.delete(connection, alarm)
                history.configured(connection, alarm, "Delete", now_s)
        missing = [name for name in names if name not in alarms]
        if missing:
            raise _not_found(", ".join(missing))
        return {}

    def enable_actions(self, call: Call) -> Answer:
        return self._switch_actions(call, enabled=True)

    def disable_actions(self, call: Call) -> Answer:
        return self._switch_actions(call, enabled=False)

    def set_state(self, call: Call) -> Answer:
        """Until the alarm is evaluated again."""
        parameters = call.parameters
        data = _json(parameters.get("StateReasonData", ""))
        now_s = self._clock()
        with self._database.write() as connection:
            alarm = store.find(connection, parameters["AlarmName"])
            if alarm is None:
                raise _not_found(parameters["AlarmName"])
            verdict = Verdict(parameters["StateValue"], parameters["StateReason"], data)
            Transitions(connection, now_s).enter(alarm, verdict)
        return {}

    def _put(self, connection: sqlite3.Connection, call: Call, kind: str, configuration: Mapping[str, Any]) -> None:
        name, now_s = call.parameters["AlarmName"], self._clock()
        old = store.find(connection, name)
        if old is None:
            alarm = new_alarm(name, kind, _arn(call, name), configuration, now_s)
        elif old.kind != kind:
            refuse(f"AlarmName {name} is a {old.kind}; it can't become a {kind}: delete it first")
        else:
            alarm = _reconfigured(old, configuration, now_s)
        store.put(connection, alarm, now_s)
        if old is None:  # "if you are using this operation to update an existing alarm, any tags are ignored"
            add_tags(connection, alarm, call.parameters.get("Tags", ()))
        history.configured(connection, alarm, "Update" if old else "Create", now_s)

    def _switch_actions(self, call: Call, *, enabled: bool) -> Answer:
        now_s = self._clock()
        with self._database.write() as connection:
            for old in store.states(connection, call.parameters["AlarmNames"]).values():
                configuration = {**old.configuration, "ActionsEnabled": enabled}
                alarm = replace(old, configuration=configuration, configured_s=now_s)
                store.update(connection, alarm)
                history.configured(connection, alarm, "Update", now_s)
        return {}


def _reconfigured(old: Alarm, configuration: Mapping[str, Any], now_s: float) -> Alarm:
    """A new suppressor ends what the old one had begun: "any active WaitPeriod or ExtensionPeriod is discarded"."""
    held = old.withheld
    if held and old.configuration.get("ActionsSuppressor") != configuration.get("ActionsSuppressor"):
        held = replace(held, until_s=now_s)
    return replace(old, configuration=configuration, configured_s=now_s, withheld=held)


def _check_relatives(connection: sqlite3.Connection, name: str, configuration: Mapping[str, Any]) -> None:
    rule = parse_alarm_rule(configuration["AlarmRule"])
    children = rule.children
    missing = [reference for reference in (*children, *rule.arns) if not _exists(connection, reference)]
    if missing:
        refuse(f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the alarm rule do not exist")
    for child in children:
        if len({*store.parents(connection, child), name}) > MOST_PARENTS:
            raise AwsError("LimitExceededFault", f"{child} is in the rules of {MOST_PARENTS} composite alarms already")
    suppressor = configuration.get("ActionsSuppressor")
    if suppressor and not _exists(connection, suppressor):
        refuse(f"Could not save the composite alarm as its ActionsSuppressor {suppressor} does not exist")


def _exists(connection: sqlite3.Connection, reference: str) -> bool:
    """An ARN must be that of the alarm: "in the same account and the same Region as your composite alarm"."""
    name = alarm_name(reference)
    alarm = store.find(connection, name)
    return alarm is not None and reference in (name, alarm.arn)


def _check_deletable(connection: sqlite3.Connection, alarms: Mapping[str, Alarm]) -> None:
    composite = [name for name, alarm in alarms.items() if alarm.kind == COMPOSITE]
    if len(composite) > 1:
        refuse(
            f"AlarmNames: no more than one composite alarm can be deleted at once, these are: {', '.join(composite)}"
        )
    for name in alarms:
        if set(store.parents(connection, name)) - set(alarms):
            refuse(f"Cannot delete {name} as there are composite alarm(s) depending on it.")


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:cloudwatch:{call.region}:{call.account_id}:alarm:{name}"


def _not_found(names: str) -> AwsError:
    return AwsError("ResourceNotFound", f"Alarm not found: {names}", status=404)


def _json(text: str) -> str:
    if text:
        try:
            if text.count("[") + text.count("{") > _DEEPEST:
                raise ValueError  # noqa: TRY301 - answered like what is no JSON
            json.loads(text)
        except ValueError:
            raise AwsError("InvalidFormatFault", "StateReasonData was not syntactically valid JSON") from None
    return text
