"""A stack's dashboards, alarms and saved queries: which have data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from dashboards.errors import VerifyError
from dashboards.verify import lines
from dashboards.verify.absent import PUBLISHERS, advice
from dashboards.verify.finding import Finding, Verdict, worst
from dashboards.verify.widgets import AlarmStates, Graph, LogTable, Widget, alarm_name, widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dashboards.verify.account import Account, Resource, Span

DASHBOARD, QUERY = "AWS::CloudWatch::Dashboard", "AWS::Logs::QueryDefinition"
ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
SHOWING = {DASHBOARD: "widget", QUERY: "query", **dict.fromkeys(ALARMS, "alarm")}
_PLACEHOLDER = "REQUEST-ID"
_ANY_REQUEST = "filter ispresent(request_id) | fields request_id | limit 1"
_UNKNOWN = "INSUFFICIENT_DATA"


class Judge:
    """`span`: since when there should be data. Raises VerifyError where the stack has nothing to show."""

    def __init__(self, account: Account, stack: str, span: Span) -> None:
        self._account = account
        self._span = span
        self._resources = account.resources(stack)
        if not any(one.kind in SHOWING for one in self._resources):
            raise VerifyError(f"the stack {stack} has no dashboards, alarms or saved queries")
        self._alarms = account.alarms([alarm_name(one.physical_id) for one in self._of(*ALARMS)])
        self._missing = _missing(self._resources)

    def findings(self) -> Iterator[Finding]:
        for dashboard in self._of(DASHBOARD):
            yield from self._dashboard(dashboard.physical_id)
        for alarm in self._of(*ALARMS):
            name = alarm_name(alarm.physical_id)
            yield self._alarm("alarm", name, [name])
        saved = self._account.saved_queries()
        for query in self._of(QUERY):
            yield self._saved(query.physical_id, saved)
        for one in self._resources:
            if one.reason and one.kind in SHOWING:
                yield Finding(SHOWING[one.kind], one.logical_id, Verdict.NONE, "not there", one.reason)

    def _of(self, *kinds: str) -> list[Resource]:
        """What is there of these types."""
        return [one for one in self._resources if one.kind in kinds and not one.reason]

    def _dashboard(self, name: str) -> Iterator[Finding]:
        try:
            body = self._account.dashboard(name)
        except ClientError as error:
            yield Finding("widget", name, Verdict.NONE, "refused", str(error))
            return
        for widget in widgets(body):
            yield self._asked("widget", f"{name}: {widget.title}", self._of_widget(widget))

    def _asked(self, kind: str, where: str, ask: Callable[[str, str], Finding]) -> Finding:
        try:
            return ask(kind, where)
        except (ClientError, VerifyError) as error:
            return Finding(kind, where, Verdict.NONE, "refused", str(error))

    def _of_widget(self, widget: Widget) -> Callable[[str, str], Finding]:
        if isinstance(widget, Graph):
            return lambda kind, where: self._graph(kind, where, widget.queries)
        if isinstance(widget, LogTable):
            return lambda kind, where: self._rows(kind, where, widget)
        return lambda kind, where: self._states(kind, where, widget)

    def _graph(self, kind: str, where: str, queries: Sequence[Mapping[str, Any]]) -> Finding:
        """Every line that the widget shows has a value, and so has every metric that it is made of."""
        span = self._span.aligned(max(map(_period_s, queries)))
        counts = self._account.counts(lines.all_returned(queries), span)
        verdicts, without, reasons = [], [], []
        for line in lines.shown(queries):
            lacks = lines.lacking(line, queries, counts)
            if lacks is None:
                verdicts.append(Verdict.DATA)
                continue
            reason = lines.absent_reason(lines.namespaces(lacks), self._missing) if lacks else ""
            verdicts.append(Verdict.NOT_HERE if reason else Verdict.NONE)
            without.append(lines.name(line, lacks))
            reasons.append(reason or advice(json.dumps([line, lacks])))
        values = sum(counts.get(line["Id"], 0) for line in lines.shown(queries))
        found = f"{values} values" + (f"; none of: {'; '.join(without)}" if without else "")
        return Finding(kind, where, worst(verdicts), found, "; ".join(dict.fromkeys(reasons)))

    def _rows(self, kind: str, where: str, table: LogTable) -> Finding:
        query = table.query
        if _PLACEHOLDER in query:
            request = self._account.rows(_ANY_REQUEST, table.groups, self._span)
            query = query.replace(_PLACEHOLDER, request[0]["request_id"]) if request else query
        number = len(self._account.rows(query, table.groups, self._span))
        verdict = Verdict.DATA if number else Verdict.NONE
        return Finding(kind, where, verdict, f"{number} rows", "" if number else advice(table.query))

    def _states(self, kind: str, where: str, widget: AlarmStates) -> Finding:
        return self._alarm(kind, where, widget.alarms)

    def _alarm(self, kind: str, where: str, names: Sequence[str]) -> Finding:
        """Each is there, and knows its state."""
        known = {**self._alarms, **self._account.alarms([name for name in names if name not in self._alarms])}
        states = {name: str(known[name]["StateValue"]) if name in known else "not there" for name in names}
        judged = {name: self._alarm_verdict(state, known.get(name)) for name, state in states.items()}
        verdict = worst([one for one, _ in judged.values()])
        counted = {state: list(states.values()).count(state) for state in sorted(set(states.values()))}
        found = next(iter(counted)) if len(names) == 1 else ", ".join(f"{n} {state}" for state, n in counted.items())
        return Finding(kind, where, verdict, found, "; ".join(sorted({why for _, why in judged.values() if why})))

    def _alarm_verdict(self, state: str, alarm: Mapping[str, Any] | None) -> tuple[Verdict, str]:
        if alarm is None:
            return Verdict.NONE, "there is no such alarm: deploy the stack again"
        if state != _UNKNOWN:
            return Verdict.DATA, ""
        queries = alarm.get("Metrics", [])
        found = {alarm["Namespace"]} if "Namespace" in alarm else set()
        for query in lines.shown(queries):
            found |= lines.namespaces(lines.metrics(query, queries))
        reason = lines.absent_reason(found, self._missing) if found else ""
        return (Verdict.NOT_HERE, reason) if reason else (Verdict.NONE, advice(json.dumps(alarm, default=str)))

    def _saved(self, query_id: str, saved: Mapping[str, Mapping[str, Any]]) -> Finding:
        if query_id not in saved:
            return Finding("query", query_id, Verdict.NONE, "not there", "deploy the stack again")
        one = saved[query_id]
        table = LogTable(one["name"], one.get("logGroupNames", []), one["queryString"])
        return self._asked("query", one["name"], lambda kind, where: self._rows(kind, where, table))


def _missing(resources: Sequence[Resource]) -> Mapping[str, str]:
    """The publishers that the stack should have and says it has none of, and why."""
    found = {}
    for kind in PUBLISHERS.values():
        reasons = [one.reason for one in resources if one.kind == kind]
        if reasons and all(reasons):
            found[kind] = reasons[0]
    return found


def _period_s(query: Mapping[str, Any]) -> int:
    return int(query["MetricStat"]["Period"] if "MetricStat" in query else query["Period"])
