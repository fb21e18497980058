"""PURE: the alarms and the saved queries -> docs/alarms.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.measures import Formula

if TYPE_CHECKING:
    from dashboards.alarms import Alarm, Composite
    from dashboards.measures import Stat
    from dashboards.template import Board

_HEAD = """\
# Alarms

Made by `make dashboards` from `dashboards/thresholds.py`, `dashboards/aws_thresholds.py` and `dashboards/slo.py`; edit
those. A page wakes somebody: users are hurt now. A ticket waits for working hours. All go to the stack's alarm topic,
and so do their all-clears. Each name links to what to do.
"""
_COMPOSITES = """\
## Alarms on the objectives

Each is in alarm when both alarms of a pair are; only these tell somebody.
"""
_PARTS = """\
## Their parts

The burn rate over a window: 1 spends the budget in exactly the objective's days. Each window is one period, so its rate
is exact. CloudWatch looks at it every minute, at that of three days once an hour.
"""
_QUERIES = """\
## Saved queries

In Logs Insights, folder `<service>-<stage>`; from `dashboards/queries.py`.
"""

_CONDITIONS = {
    None: "",
    "HasReserve": ", if there is a reserve",
    "ExpectsTraffic": ", if `ExpectsTraffic` is true",
}


def page(whole: Board) -> str:
    """The page as Markdown."""
    acting = [alarm for alarm in whole.alarms if alarm.acts]
    parts = [alarm for alarm in whole.alarms if not alarm.acts]
    return (
        "\n".join(
            [
                _HEAD,
                *_table(("alarm", "for", "when", "why", "without data"), [_acting(alarm) for alarm in acting]),
                _COMPOSITES,
                *_table(("alarm", "for", "when", "why"), [_composite(one) for one in whole.composites]),
                _PARTS,
                *_table(("alarm", "when", "measured by"), [_part(alarm) for alarm in parts]),
                _QUERIES,
                *_table(("query", "what it answers"), [(f"`{one.name}`", one.answers) for one in whole.queries]),
            ]
        ).rstrip()
        + "\n"
    )


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    cells = [heads, tuple("---" for _ in heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells] + [""]


def _acting(alarm: Alarm) -> tuple[str, ...]:
    without = f"{alarm.missing.value}: {alarm.missing_because}"
    return (_link(alarm), alarm.severity.value, _when(alarm), alarm.because, without)


def _composite(composite: Composite) -> tuple[str, ...]:
    pairs = " or ".join(f"`{first.name}` and `{second.name}`" for first, second in composite.pairs)
    return (_link(composite), composite.severity.value, pairs, composite.because)


def _part(alarm: Alarm) -> tuple[str, ...]:
    measured = alarm.measure.expression if isinstance(alarm.measure, Formula) else _measured(alarm.measure)
    return (f"`{alarm.name}`", _beyond(alarm), f"`{measured}`")


def _link(alarm: Alarm | Composite) -> str:
    return f"[{alarm.name}](runbook.md#{alarm.section})"


def _when(alarm: Alarm) -> str:
    return f"{_measured(alarm.measure)} {_beyond(alarm)}"


def _beyond(alarm: Alarm) -> str:
    m, n = alarm.of
    side = "below" if alarm.above is None else "above"
    value = f"{side} {alarm.threshold:,g} {_unit(alarm)}".rstrip()
    condition = _CONDITIONS[alarm.only_if]
    return f"{value} in {m} of {n} periods of {_span(alarm.period_s)}{condition}"


def _unit(alarm: Alarm) -> str:
    return {"Percent": "%", "Milliseconds": "ms", "Count": "", "None": "", "Bytes": "bytes"}[alarm.unit.value]


def _measured(measure: Stat | Formula) -> str:
    if isinstance(measure, Formula):
        return measure.label or measure.expression
    return f"{measure.statistic} of {measure.name}"


def _span(seconds: int) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
