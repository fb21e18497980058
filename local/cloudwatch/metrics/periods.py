"""PURE: which periods CloudWatch takes, where a range of time begins, and how far back a period reaches.

Source: GetMetricData and GetMetricStatistics (API reference), "Period" and "StartTime".
"""

from local.cloudwatch.metrics.limits import LONGEST_PERIOD_S, SHORT_PERIODS_S, TIERS


def is_period(period_s: int) -> bool:
    return period_s in SHORT_PERIODS_S or (0 < period_s <= LONGEST_PERIOD_S and period_s % 60 == 0)


def first_period(start_s: float, period_s: int, now_s: float) -> int:
    """Where the first period begins: `start_s` rounded down to a whole second, minute, 5 minutes or hour."""
    if period_s < 60:
        return int(start_s // period_s) * period_s
    step = next((tier.period_s for tier in TIERS[1:] if now_s - start_s < tier.kept_s), TIERS[-1].period_s)
    return int(start_s // step) * step


def oldest_kept(period_s: int, now_s: float) -> float:
    """The time before which a query with this period finds nothing."""
    return now_s - max(tier.kept_s for tier in TIERS if period_s % tier.period_s == 0)
