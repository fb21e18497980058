"""Objectives: burn rates, windows, composites and what is left of the budget.

The Site Reliability Workbook, "Alerting on SLOs", table of recommended parameters: 2 % of 30 days in 1 hour is 14.4
times the pace, 5 % in 6 hours 6 times, 10 % in 3 days once; short windows a twelfth of the long ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from dashboards import slo
from dashboards.alarms import Missing, Severity
from dashboards.objectives import FIVE_MINUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dashboards.objectives import Objective


def test_windows_of_an_objective() -> None:
    """Six alarms: 14.4 on 1 h and 5 min, 6 on 6 h and 30 min, 1 on 3 d and 6 h."""
    found = {alarm.name: (alarm.above, alarm.period_s, alarm.of) for alarm in slo.AVAILABILITY.alarms()}
    assert found == {
        "availability-burn-14-4x-1h": (14.4, 3_600, (1, 1)),
        "availability-burn-14-4x-5m": (14.4, 300, (1, 1)),
        "availability-burn-6x-6h": (6, 21_600, (1, 1)),
        "availability-burn-6x-30m": (6, 1_800, (1, 1)),
        "availability-burn-1x-3d": (1, 86_400, (1, 3)),
        "availability-burn-1x-6h": (1, 21_600, (1, 1)),
    }
    assert {alarm.missing for alarm in slo.AVAILABILITY.alarms()} == {Missing.NOT_BREACHING}


def test_composites_page_and_ticket() -> None:
    """AND within a pair, OR across: the two fast pairs page, the slow one is a ticket."""
    page, ticket = slo.AVAILABILITY.composites()
    assert (page.severity, ticket.severity) == (Severity.PAGE, Severity.TICKET)
    assert [(first.name[-6:], second.name[-6:]) for first, second in page.pairs] == [
        ("-4x-1h", "-4x-5m"),
        ("-6x-6h", "6x-30m"),
    ]
    assert [(first.name[-5:], second.name[-5:]) for first, second in ticket.pairs] == [("1x-3d", "1x-6h")]


def test_burn_of_availability() -> None:
    """99.9 % leave a thousandth: the rate of faults, in thousandths."""
    assert slo.AVAILABILITY.burn(FIVE_MINUTES).expression == "faults / requests / 0.001"


def test_burn_of_latency() -> None:
    """99 % within 500 ms leave a hundredth: the share over it, by CloudWatch's percentile rank, in hundredths."""
    burn = slo.SPEED.burn(FIVE_MINUTES)
    assert burn.expression == "(requests * (100 - within) / 100) / requests / 0.01"
    assert {name: (stat.name, stat.statistic) for name, stat in burn.parts} == {
        "requests": ("Requests", "Sum"),
        "within": ("Latency", "PR(:500)"),
    }


class Series:
    """A time series of days with CloudWatch's arithmetic: a missing value counts as 0, a division by 0 drops the point
    ("Using math expressions with CloudWatch metrics", basic arithmetic functions).
    """

    def __init__(self, values: Iterable[float | None]) -> None:
        self.values = list(values)

    def _with(self, other: Series | float, do: Callable[[float, float], float | None]) -> Series:
        others = other.values if isinstance(other, Series) else [other] * len(self.values)
        pairs = zip(self.values, others, strict=True)
        return Series(None if a is None and b is None else do(a or 0, b or 0) for a, b in pairs)

    def __add__(self, other: Series | float) -> Series:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Series | float) -> Series:
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other: Series | float) -> Series:
        return self._with(other, lambda a, b: a * b)

    def __truediv__(self, other: Series | float) -> Series:
        return self._with(other, lambda a, b: a / b if b else None)

    def __rmul__(self, other: float) -> Series:
        return self * other

    def __rsub__(self, other: float) -> Series:
        return self._with(other, lambda a, b: b - a)


def diff(series: Series) -> Series:
    """DIFF: the difference between each value and the preceding value; none for the first."""
    return differences(series, lambda _days, value: value)


def diff_time(series: Series) -> Series:
    """DIFF_TIME: the seconds between each value's timestamp and the preceding value's."""
    return differences(series, lambda days, _value: days * 86_400)


def differences(series: Series, of: Callable[[int, float], float]) -> Series:
    found: list[float | None] = []
    before: tuple[int, float] | None = None
    for day, value in enumerate(series.values):
        found.append(None if value is None or before is None else of(day - before[0], value - before[1]))
        before = before if value is None else (day, value)
    return Series(found)


def fill(series: Series, value: float) -> Series:
    return Series(value if one is None else one for one in series.values)


def burns(objective: Objective, **values: list[float | None]) -> list[float | None]:
    """The datapoints of the three days' expression."""
    text = objective.burn_over_three_days().expression
    expression = re.sub(r"\b(DIFF_TIME|DIFF|FILL)\b", lambda found: found[0].lower(), text)
    names = {name: Series(found) for name, found in values.items()}
    functions = {"diff": diff, "diff_time": diff_time, "fill": fill}
    result: Series = eval(expression, functions | names)  # noqa: S307 (an expression of ours)
    return result.values


@pytest.mark.parametrize(
    ("requests", "faults", "expected"),
    [
        ([1_000, 2_000, 3_000], [0, 0, 6], 1.0),
        ([1_000, 2_000, 3_000], [6, 0, 0], 1.0),
        ([9_000, 1_000, 2_000, 3_000], [900, 1, 2, 3], 1.0),
        ([1_000, None, 5_000], [3, None, 3], 1.0),
        ([100, 100, 100], [30, 30, 30], 300.0),
    ],
)
def test_three_days_are_added_up(requests: list[float | None], faults: list[float | None], expected: float) -> None:
    """The burn rate over exactly the last three days, however many were fetched, days without requests among them.
    The first two days fetched have none: they know too little.
    """
    found = burns(slo.AVAILABILITY, requests=requests, faults=faults)
    assert found[:2] == [None, None]
    assert found[-1] == pytest.approx(expected)


def test_three_days_of_latency() -> None:
    """Slow requests are weighed by their day: 1 % of 1,000, 0 % of 2,000, 3 % of 1,000 are 40 of 4,000."""
    found = burns(slo.SPEED, requests=[1_000, 2_000, 1_000], within=[99, 100, 97])
    assert found == [None, None, pytest.approx(1.0)]


def test_budget_left() -> None:
    """All requests of the graph's 28 days make the budget, and each bad one takes its part of it."""
    left = slo.AVAILABILITY.budget_left()
    assert left.expression == "100 * (1 - RUNNING_SUM(faults) / (SUM(requests) * 0.001))"


def test_origin_is_the_objectives_line() -> None:
    """What an objective makes names its line in slo.py."""
    origins = {alarm.origin for alarm in slo.AVAILABILITY.alarms()}
    assert [origin.partition(":")[0] for origin in origins] == ["slo.py"]
