"""Objectives: burn rates, windows, composites and what is left of the budget.

The Site Reliability Workbook, "Alerting on SLOs", table of recommended parameters: 2 % of 30 days in 1 hour is 14.4
times the pace, 5 % in 6 hours 6 times, 10 % in 3 days once; short windows a twelfth of the long ones.
"""

from __future__ import annotations

from dashboards import slo
from dashboards.alarms import Missing, Severity
from dashboards.objectives import FIVE_MINUTES


def test_windows_of_an_objective() -> None:
    """Six alarms: 14.4 on 1 h and 5 min, 6 on 6 h and 30 min, 1 on 3 d and 6 h."""
    found = {alarm.name: (alarm.above, alarm.period_s, alarm.of) for alarm in slo.AVAILABILITY.alarms()}
    assert found == {
        "availability-burn-14-4x-1h": (14.4, 3_600, (1, 1)),
        "availability-burn-14-4x-5m": (14.4, 300, (1, 1)),
        "availability-burn-6x-6h": (6, 21_600, (1, 1)),
        "availability-burn-6x-30m": (6, 1_800, (1, 1)),
        "availability-burn-1x-3d": (1, 259_200, (1, 1)),
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
    assert burn.expression == "(100 - within) / 100 / 0.01"
    assert [(name, stat.name, stat.statistic) for name, stat in burn.parts] == [("within", "Latency", "PR(:500)")]


def test_budget_left() -> None:
    """All requests of the graph's 28 days make the budget, and each bad one takes its part of it."""
    left = slo.AVAILABILITY.budget_left()
    assert left.expression == "100 * (1 - RUNNING_SUM(faults) / (SUM(requests) * 0.001))"
    slow = slo.SPEED.budget_left()
    assert slow.expression == "100 * (1 - RUNNING_SUM(requests * (100 - within) / 100) / (SUM(requests) * 0.01))"


def test_origin_is_the_objectives_line() -> None:
    """What an objective makes names its line in slo.py."""
    origins = {alarm.origin for alarm in slo.AVAILABILITY.alarms()}
    assert [origin.partition(":")[0] for origin in origins] == ["slo.py"]
