"""PURE: alarms -> CloudFormation resources (AWS::CloudWatch::Alarm, AWS::CloudWatch::CompositeAlarm)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from dashboards import limits
from dashboards.errors import BoardError
from dashboards.measures import Formula, Stat, stats
from dashboards.origin import here

if TYPE_CHECKING:
    from observability.catalogue import Unit


class Severity(Enum):
    """Who is told, and when."""

    PAGE = "page"
    """Users are hurt now: wake somebody."""
    TICKET = "ticket"
    """It will hurt, or costs money: in working hours."""


class Missing(Enum):
    """What a period without data counts as (CloudWatch user guide, "Configuring how CloudWatch alarms treat missing
    data").
    """

    NOT_BREACHING = "notBreaching"
    """As within the threshold: nothing happened, so nothing bad did."""
    BREACHING = "breaching"
    """As beyond it: something should have been there."""
    IGNORE = "ignore"
    """The alarm stays as it is. Alarms on AWS/DynamoDB do so whatever they are told."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One metric, or one formula, against a threshold: `above` or `below`, in `unit`, in `of` = (M, N) periods.

    `because`: why this threshold; `missing_because`: why this choice. `only_if`: a condition of the template.
    `rolls_back`: a deployment that sets it off is taken back. `acts`: False for the parts of a composite.
    Raises BoardError.
    """

    name: str
    severity: Severity
    measure: Stat | Formula
    above: float | None = None
    below: float | None = None
    unit: Unit
    period_s: int
    of: tuple[int, int]
    because: str
    missing: Missing
    missing_because: str
    only_if: str | None = None
    rolls_back: bool = False
    acts: bool = True
    runbook: str = ""
    origin: str = field(default_factory=here, compare=False)

    def __post_init__(self) -> None:
        for fault in _faults(self):
            raise BoardError(self.origin, f"alarm {self.name}: {fault}")

    @property
    def threshold(self) -> float:
        return self.above if self.above is not None else self.below or 0

    @property
    def section(self) -> str:
        """The runbook's section."""
        return self.runbook or self.name


@dataclass(frozen=True, kw_only=True)
class Composite:
    """In alarm when both alarms of any pair are. Only this one acts."""

    name: str
    severity: Severity
    pairs: tuple[tuple[Alarm, Alarm], ...]
    because: str
    runbook: str
    origin: str = field(default_factory=here, compare=False)

    @property
    def section(self) -> str:
        return self.runbook

    @property
    def children(self) -> tuple[Alarm, ...]:
        return tuple(alarm for pair in self.pairs for alarm in pair)


def full_name(name: str) -> str:
    """As the template's Fn::Sub makes it: one service and stage has one set of alarms in an account's region."""
    return f"${{ServiceName}}-${{Stage}}-{name}"


def logical_id(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-")) + "Alarm"


def arn(name: str) -> str:
    return f"arn:${{AWS::Partition}}:cloudwatch:${{AWS::Region}}:${{AWS::AccountId}}:alarm:{full_name(name)}"


def description(alarm: Alarm | Composite) -> str:
    return f"{alarm.severity.value.upper()}: {alarm.because} Runbook: ${{Runbook}}#{alarm.section}"


def metric_alarm(alarm: Alarm) -> dict[str, Any]:
    """The resource; its texts are for Fn::Sub."""
    m, n = alarm.of
    properties: dict[str, Any] = {
        "AlarmName": full_name(alarm.name),
        "AlarmDescription": description(alarm),
        **_actions(acts=alarm.acts),
        **(_of_formula(alarm.measure, alarm) if isinstance(alarm.measure, Formula) else _of_stat(alarm.measure, alarm)),
        "ComparisonOperator": "LessThanThreshold" if alarm.above is None else "GreaterThanThreshold",
        "Threshold": alarm.threshold,
        "DatapointsToAlarm": m,
        "EvaluationPeriods": n,
        "TreatMissingData": alarm.missing.value,
    }
    resource: dict[str, Any] = {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}
    return resource if alarm.only_if is None else {"Condition": alarm.only_if, **resource}


def composite_alarm(composite: Composite) -> dict[str, Any]:
    pairs = [f"({_in_alarm(first)} AND {_in_alarm(second)})" for first, second in composite.pairs]
    return {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "Properties": {
            "AlarmName": full_name(composite.name),
            "AlarmDescription": description(composite),
            **_actions(acts=True),
            "AlarmRule": " OR ".join(pairs),
        },
    }


def _in_alarm(alarm: Alarm) -> str:
    """By Ref, so that CloudFormation makes the parts first and takes them away last."""
    return f'ALARM("${{{logical_id(alarm.name)}}}")'


def _actions(*, acts: bool) -> dict[str, Any]:
    if not acts:
        return {"ActionsEnabled": False}
    return {"ActionsEnabled": True, "AlarmActions": ["${AlarmTopicArn}"], "OKActions": ["${AlarmTopicArn}"]}


def _of_stat(stat: Stat, alarm: Alarm) -> dict[str, Any]:
    simple = stat.statistic in ("Sum", "Average", "Minimum", "Maximum", "SampleCount")
    found: dict[str, Any] = {
        **_metric(stat),
        ("Statistic" if simple else "ExtendedStatistic"): stat.statistic,
        "Period": alarm.period_s,
    }
    if stat.statistic.startswith("p"):
        # "ignore" waits for 10 / (1 - percentile) requests in the window: with little traffic, for ever.
        found["EvaluateLowSampleCountPercentile"] = "evaluate"
    return found


def _of_formula(formula: Formula, alarm: Alarm) -> dict[str, Any]:
    parts = [
        {
            "Id": name,
            "MetricStat": {"Metric": _metric(stat), "Period": alarm.period_s, "Stat": stat.statistic},
            "ReturnData": False,
        }
        for name, stat in formula.parts
    ]
    label = formula.label or alarm.name
    return {"Metrics": [*parts, {"Id": "result", "Expression": formula.expression, "Label": label, "ReturnData": True}]}


def _metric(stat: Stat) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in stat.dimensions]
    found: dict[str, Any] = {"Namespace": stat.namespace, "MetricName": stat.name}
    return found | ({"Dimensions": dimensions} if dimensions else {})


def _faults(alarm: Alarm) -> list[str]:
    """What CloudWatch would refuse, or what would say something else than is written."""
    m, n = alarm.of
    window = limits.ALARM_WINDOW_UNDER_AN_HOUR_S if alarm.period_s < 3_600 else limits.ALARM_WINDOW_S
    found = {
        "above or below, one of them": (alarm.above is None) == (alarm.below is None),
        f"{m} of {n} periods": not 1 <= m <= n,
        f"a period of {alarm.period_s} s: 60, or a multiple": alarm.period_s % 60 != 0 or alarm.period_s <= 0,
        f"{n * alarm.period_s} s, over {window.most} {window.unit} ({window.source})": n * alarm.period_s > window.most,
        f"a threshold in {alarm.unit.value} on a measure in {alarm.measure.unit.value}": alarm.unit
        is not alarm.measure.unit,
        f"over {limits.ALARM_MATH_METRICS.most} {limits.ALARM_MATH_METRICS.unit}": len(stats(alarm.measure))
        > limits.ALARM_MATH_METRICS.most,
        f"over {limits.EXPRESSION.most} {limits.EXPRESSION.unit}": isinstance(alarm.measure, Formula)
        and len(alarm.measure.expression) > limits.EXPRESSION.most,
        "a SEARCH, which no alarm may have": isinstance(alarm.measure, Formula)
        and "SEARCH" in alarm.measure.expression,
    }
    return [fault for fault, broken in found.items() if broken]
