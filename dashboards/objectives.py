"""PURE: an objective -> burn-rate alarms in pairs of windows, their composites, and the budget that is left.

The Site Reliability Workbook, chapter "Alerting on SLOs", multiwindow, multi-burn-rate alerts. A burn rate of 1 uses up
the budget in exactly the objective's days; a pair is in alarm when its long and its short window both burn too fast:
the long one says that it matters, the short one that it still goes on.

Each window is one period, which slides: CloudWatch looks at it every minute, at one of more than a day every hour
("Alarm evaluation"). An alarm's period may be any multiple of 60 s up to a week (PutMetricAlarm).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dashboards.alarms import Alarm, Composite, Missing, Severity
from dashboards.measures import Formula, Stat, formula, share_within, total
from dashboards.origin import here
from observability.catalogue import Metric, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Window:
    """What is looked back on. `name`: as alarms have it."""

    name: str
    seconds: int


FIVE_MINUTES = Window("5m", 300)
HALF_AN_HOUR = Window("30m", 1_800)
AN_HOUR = Window("1h", 3_600)
SIX_HOURS = Window("6h", 21_600)
THREE_DAYS = Window("3d", 259_200)


@dataclass(frozen=True)
class Pair:
    """`rate`: from which burn rate on, in both windows. `spends`: percent of 30 days' budget in the long window."""

    rate: float
    long: Window
    short: Window
    severity: Severity
    spends: str


PAIRS = (
    Pair(14.4, AN_HOUR, FIVE_MINUTES, Severity.PAGE, "2 % of a month's budget in an hour"),
    Pair(6, SIX_HOURS, HALF_AN_HOUR, Severity.PAGE, "5 % of a month's budget in six hours"),
    Pair(1, THREE_DAYS, SIX_HOURS, Severity.TICKET, "10 % of a month's budget in three days"),
)
"""The workbook's recommended parameters."""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """`goal`: percent of requests that are to be good over `days` days. Metric math over `parts`, in which `requests`
    are all of them: `bad` counts the bad ones, `share` is their share.
    """

    name: str
    goal: float
    days: int
    bad: str
    share: str
    parts: Mapping[str, Stat]
    origin: str = field(default_factory=here, compare=False)

    @property
    def budget(self) -> float:
        """The share of requests that may be bad."""
        return round(1 - self.goal / 100, 9)

    def burn(self, window: Window) -> Formula:
        """How many times faster than allowed the budget is spent, over one period of the window's length."""
        return self._formula(f"{self.share} / {self.budget:g}", Unit.NONE, f"burn rate over {window.name}")

    def budget_left(self) -> Formula:
        """Percent of the budget, over the time that a graph shows: all of it where that is `days` days."""
        left = f"100 * (1 - RUNNING_SUM({self.bad}) / (SUM(requests) * {self.budget:g}))"
        return self._formula(left, Unit.PERCENT, f"{self.name}: budget left, %")

    def pairs(self) -> tuple[tuple[Pair, Alarm, Alarm], ...]:
        return tuple((pair, self._alarm(pair, pair.long), self._alarm(pair, pair.short)) for pair in PAIRS)

    def alarms(self) -> tuple[Alarm, ...]:
        return tuple(alarm for _, long, short in self.pairs() for alarm in (long, short))

    def composites(self) -> tuple[Composite, ...]:
        return tuple(self._composite(severity) for severity in Severity)

    def _composite(self, severity: Severity) -> Composite:
        chosen = [found for found in self.pairs() if found[0].severity is severity]
        spends = ", or ".join(pair.spends for pair, _, _ in chosen)
        return Composite(
            name=f"{self.name}-burn-{severity.value}",
            severity=severity,
            pairs=tuple((long, short) for _, long, short in chosen),
            because=f"The objective of {self.goal:g} % {self.name} over {self.days} days is being missed: {spends}.",
            runbook=f"{self.name}-burn",
            origin=self.origin,
        )

    def _alarm(self, pair: Pair, window: Window) -> Alarm:
        return Alarm(
            name=f"{self.name}-burn-{pair.rate:g}x-{window.name}".replace(".", "-"),
            severity=pair.severity,
            measure=self.burn(window),
            above=pair.rate,
            unit=Unit.NONE,
            period_s=window.seconds,
            of=(1, 1),
            because=f"Burn rate over {window.name}: {pair.rate:g} spends {pair.spends}.",
            missing=Missing.NOT_BREACHING,
            missing_because="no requests spend no budget",
            acts=False,
            runbook=f"{self.name}-burn",
            origin=self.origin,
        )

    def _formula(self, expression: str, unit: Unit, label: str) -> Formula:
        used = {name: stat for name, stat in self.parts.items() if re.search(rf"\b{name}\b", expression)}
        return replace(formula(expression, unit, label, **used), origin=self.origin)


def available(*, goal: float, days: int, requests: Metric, faults: Metric) -> Objective:
    """At least `goal` percent of requests without a fault."""
    return Objective(
        name="availability",
        goal=goal,
        days=days,
        bad="faults",
        share="faults / requests",
        parts={"requests": total(requests), "faults": total(faults)},
    )


def fast(*, goal: float, within_ms: float, days: int, requests: Metric, latency: Metric) -> Objective:
    """At least `goal` percent of requests answered within so many milliseconds."""
    return Objective(
        name="latency",
        goal=goal,
        days=days,
        bad="requests * (100 - within) / 100",
        share="(100 - within) / 100",
        parts={"requests": total(requests), "within": share_within(within_ms, latency)},
    )
