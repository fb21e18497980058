"""An alarm's new state, and all that follows from it in the same transaction: history, actions, composite alarms."""

import json
import sqlite3
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from local.cloudwatch.alarms import history, store, suppression
from local.cloudwatch.alarms.actions import KEYS
from local.cloudwatch.alarms.alarm import COMPOSITE, Alarm
from local.cloudwatch.alarms.evaluation import Verdict
from local.cloudwatch.alarms.notification import message, subject
from local.cloudwatch.alarms.reasons import long_date, timestamp
from local.cloudwatch.alarms.rule import alarm_name, parse_alarm_rule


class Transitions:
    """What happens at `now_s`. `connection` is in a write transaction."""

    def __init__(self, connection: sqlite3.Connection, now_s: float) -> None:
        self._connection = connection
        self._now_s = now_s

    def judge(self, alarm: Alarm, verdict: Verdict) -> None:
        """The state is updated where the verdict has another one."""
        if verdict.state is not None and verdict.state != alarm.state:
            self.enter(alarm, verdict)
        elif alarm.evaluation:
            mended = replace(alarm, evaluation="", reason=verdict.reason, data=verdict.data, updated_s=self._now_s)
            store.update(self._connection, mended)

    def enter(self, alarm: Alarm, verdict: Verdict) -> None:
        """The alarm's state becomes the verdict's, and the composite alarms that watch it follow.

        "The evaluation of composite alarms stops if CloudWatch detects a cycle in the evaluation path."
        """
        waiting = deque([(self._enter(alarm, verdict), frozenset({alarm.name}))])
        while waiting:
            child, path = waiting.popleft()
            for name in store.parents(self._connection, child.name):
                parent = store.find(self._connection, name)
                if parent and name not in path:
                    reason = f"{child.arn} transitioned to {child.state} at {long_date(child.updated_s)}"
                    verdict = self._verdict(parent, reason, [child.name])
                    if verdict.state != parent.state:
                        waiting.append((self._enter(parent, verdict), path | {name}))

    def compose(self, alarm: Alarm) -> None:
        """A composite alarm is evaluated for its own sake: it was put, or somebody asked."""
        new = alarm.state == "INSUFFICIENT_DATA"
        done = "created and its alarm rule" if new else "updated and its new alarm rule"
        children = parse_alarm_rule(alarm.configuration["AlarmRule"]).children
        verdict = self._verdict(alarm, f"{alarm.arn} was {done} evaluates to ", children)
        self.judge(alarm, replace(verdict, reason=f"{verdict.reason}{verdict.state}"))

    def mistaken(self, alarm: Alarm, error: str) -> None:
        """The metrics refuse what the alarm asks of them: StateReason says why."""
        if (alarm.evaluation, alarm.reason) != ("EVALUATION_ERROR", error):
            found = replace(alarm, evaluation="EVALUATION_ERROR", reason=error, data="", updated_s=self._now_s)
            store.update(self._connection, found)

    def release(self, alarm: Alarm) -> None:
        """Time has passed for an alarm whose actions are held back."""
        if alarm.withheld is None:
            return
        suppressor = self._suppressor(alarm)
        held = suppression.passed(alarm.withheld, suppressor, self._now_s) if suppressor else None
        if held != alarm.withheld:
            store.update(self._connection, replace(alarm, withheld=held))
        if held is None:
            self._act(alarm, alarm.withheld.old_state)

    def _enter(self, alarm: Alarm, verdict: Verdict) -> Alarm:
        state = verdict.state or alarm.state
        changed = state != alarm.state
        entered = replace(
            alarm,
            state=state,
            reason=verdict.reason,
            data=verdict.data,
            evaluation="",
            updated_s=self._now_s,
            transitioned_s=self._now_s if changed else alarm.transitioned_s,
        )
        if not changed:
            store.update(self._connection, entered)
            return entered
        suppressor = self._suppressor(alarm) if alarm.actions_enabled else None
        held = suppression.changed(suppressor, alarm.state, self._now_s) if suppressor else None
        entered = replace(entered, withheld=held)
        store.update(self._connection, entered)
        history.updated(self._connection, alarm, entered, self._now_s)
        if held is None:
            self._act(entered, alarm.state)
        return entered

    def _act(self, alarm: Alarm, old_state: str) -> None:
        """The actions wait in the database until they are taken: a kill in between loses none."""
        if not alarm.actions_enabled:
            return
        said = (subject(alarm), message(alarm, old_state), alarm.updated_s)
        for action in alarm.configuration.get(KEYS[alarm.state], ()):
            self._connection.execute(
                "INSERT INTO alarm_outbox (name, kind, action, subject, message, at_s) VALUES (?, ?, ?, ?, ?, ?)",
                (alarm.name, alarm.kind, action, *said),
            )

    def _suppressor(self, alarm: Alarm) -> suppression.Suppressor | None:
        configuration = alarm.configuration
        if alarm.kind != COMPOSITE or "ActionsSuppressor" not in configuration:
            return None
        other = store.find(self._connection, alarm_name(configuration["ActionsSuppressor"]))
        return suppression.Suppressor(
            in_alarm=other is not None and other.state == "ALARM",
            wait_s=configuration["ActionsSuppressorWaitPeriod"],
            extension_s=configuration["ActionsSuppressorExtensionPeriod"],
        )

    def _verdict(self, alarm: Alarm, reason: str, triggering: Iterable[str]) -> Verdict:
        rule = parse_alarm_rule(alarm.configuration["AlarmRule"])
        children = store.states(self._connection, rule.children)
        holds = rule.holds({name: child.state for name, child in children.items()})
        data = [_child(children[name]) for name in triggering if name in children]
        said = json.dumps({"triggeringAlarms": data}, separators=(",", ":"))
        return Verdict("ALARM" if holds else "OK", reason, said)


def _child(alarm: Alarm) -> dict[str, object]:
    return {"arn": alarm.arn, "state": {"value": alarm.state, "timestamp": timestamp(alarm.updated_s)}}
