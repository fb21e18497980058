"""CloudWatch's alarms: what may be asked of them, and what happens as time goes by."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from local.cloudwatch.alarms import composite_alarm, describing, history, metric_alarm, reading_history, store
from local.cloudwatch.alarms.alarm import METRIC, Alarm
from local.cloudwatch.alarms.changing import Changing
from local.cloudwatch.alarms.describing import Describing
from local.cloudwatch.alarms.evaluation import Verdict, evaluate
from local.cloudwatch.alarms.reading_history import ReadingHistory
from local.cloudwatch.alarms.schedule import interval_s, next_due_s, window
from local.cloudwatch.alarms.tagging import Tagging
from local.cloudwatch.alarms.transitions import Transitions
from local.cloudwatch.alarms.watch import queries_of, samples_query, watch_of, watched_query
from local.cloudwatch.source import MetricSource
from local.database import Database
from local.endpoint.call import Operation, Operations
from local.errors import AwsError

Notify: TypeAlias = Callable[[str, str, str], None]
"""Publishes to a topic: (topic's ARN, subject, message). An AwsError that it raises is kept in the alarm's history."""
_WAITING = "SELECT id, name, kind, action, subject, message, at_s FROM alarm_outbox ORDER BY id"


class Alarms:
    """`clock` says the seconds since the epoch. All of it may be called from any thread."""

    def __init__(self, database: Database, source: MetricSource, clock: Callable[[], float], notify: Notify) -> None:
        self._database = database
        self._source = source
        self._clock = clock
        self._notify = notify
        self._ticking = threading.Lock()

    def operations(self) -> Operations:
        changing = Changing(self._database, self._source, self._clock)
        describing_ = Describing(self._database)
        tagging = Tagging(self._database)
        names = frozenset({"AlarmNames"})
        set_state = frozenset({"AlarmName", "StateValue", "StateReason", "StateReasonData"})
        history_ = ReadingHistory(self._database)
        return {
            "DeleteAlarms": Operation(changing.delete_alarms, names),
            "DescribeAlarmHistory": Operation(history_.describe, reading_history.TAKES),
            "DescribeAlarms": Operation(describing_.describe, describing.DESCRIBE_TAKES),
            "DescribeAlarmsForMetric": Operation(describing_.describe_for_metric, describing.FOR_METRIC_TAKES),
            "DisableAlarmActions": Operation(changing.disable_actions, names),
            "EnableAlarmActions": Operation(changing.enable_actions, names),
            "ListTagsForResource": Operation(tagging.tags, frozenset({"ResourceARN"})),
            "PutCompositeAlarm": Operation(changing.put_composite_alarm, composite_alarm.PARAMETERS),
            "PutMetricAlarm": Operation(changing.put_metric_alarm, metric_alarm.PARAMETERS),
            "SetAlarmState": Operation(changing.set_state, set_state),
            "TagResource": Operation(tagging.tag, frozenset({"ResourceARN", "Tags"})),
            "UntagResource": Operation(tagging.untag, frozenset({"ResourceARN", "TagKeys"})),
        }

    def tick(self) -> None:
        """What is due: alarms evaluated, suppressed actions released, actions taken. To be called each second."""
        with self._ticking:
            now_s = self._clock()
            with self._database.read() as connection:
                due = store.due(connection, now_s)
                held = store.withheld(connection)
            if due:
                self._evaluate(due, now_s)
            if held:
                self._release([alarm.name for alarm in held], now_s)
            self._deliver()

    def evaluate(self) -> None:
        """All alarms, now."""
        with self._database.write() as connection:
            store.set_every_due(connection, self._clock())
        self.tick()

    def expire(self) -> None:
        """Forgets the history that CloudWatch would have forgotten."""
        with self._database.write() as connection:
            history.expire(connection, self._clock())

    def reset(self) -> None:
        """Forgets all alarms and their history."""
        with self._ticking, self._database.write() as connection:
            store.clear(connection)

    def _evaluate(self, due: Sequence[Alarm], now_s: float) -> None:
        """The metrics are asked before the transaction: nobody has to wait for them."""
        verdicts = {alarm.name: self._verdict(alarm, now_s) for alarm in due if alarm.kind == METRIC}
        with self._database.write() as connection:
            transitions = Transitions(connection, now_s)
            for known in due:
                alarm = store.find(connection, known.name)
                if alarm is None or alarm.configuration != known.configuration:
                    continue  # changed in the meantime, and due again
                if alarm.kind == METRIC:
                    store.set_due(connection, alarm.name, _next_due_s(alarm, now_s))
                    _judge(transitions, alarm, verdicts[alarm.name])
                else:
                    store.set_due(connection, alarm.name, None)
                    transitions.compose(alarm)

    def _verdict(self, alarm: Alarm, now_s: float) -> Verdict | AwsError:
        watch = watch_of(alarm.configuration)
        queries = queries_of(alarm.configuration)
        beside = samples_query(alarm.configuration)
        looked_at = window(watch.period_s, watch.periods, now_s)
        asked = [*queries, beside] if beside else queries
        try:
            found = self._source.evaluate(asked, looked_at.start_s, looked_at.end_s)
        except AwsError as error:
            return error
        points = {series.id: series.points for series in found}
        samples = points.get(beside["Id"], {}) if beside else {}
        return evaluate(watch, points.get(watched_query(queries)["Id"], {}), samples, now_s)

    def _release(self, names: Sequence[str], now_s: float) -> None:
        with self._database.write() as connection:
            transitions = Transitions(connection, now_s)
            for alarm in store.states(connection, names).values():
                transitions.release(alarm)

    def _deliver(self) -> None:
        with self._database.read() as connection:
            waiting = connection.execute(_WAITING).fetchall()
        for number, name, kind, action, subject, message, at_s in waiting:
            error = self._failure(action, subject, message)
            with self._database.write() as connection:
                history.acted(connection, (name, kind, action, message, at_s), error)
                connection.execute("DELETE FROM alarm_outbox WHERE id = ?", (number,))

    def _failure(self, *notification: Any) -> str | None:
        try:
            self._notify(*notification)
        except AwsError as error:
            return error.message
        return None


def _judge(transitions: Transitions, alarm: Alarm, verdict: Verdict | AwsError) -> None:
    if isinstance(verdict, AwsError):
        transitions.mistaken(alarm, verdict.message)
    else:
        transitions.judge(alarm, verdict)


def _next_due_s(alarm: Alarm, now_s: float) -> int:
    watch = watch_of(alarm.configuration)
    return next_due_s(alarm.name, interval_s(watch.period_s, watch.periods), now_s)
