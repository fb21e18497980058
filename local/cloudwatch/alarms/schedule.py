"""PURE: when an alarm is evaluated, and which stretch of its metric is looked at ("Alarm evaluation", CloudWatch)."""

import zlib
from dataclasses import dataclass

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
HIGH_RESOLUTION_S = 10  # alarms with periods of 10, 20 and 30 s are evaluated as often
# "CloudWatch attempts to retrieve a higher number of data points than Evaluation Periods"; AWS names one such number:
# 5 for 3 ("Configuring how CloudWatch alarms treat missing data").
EXTRA_PERIODS = 2
SETTLE_S = 3  # what happened in a period may be a moment on its way when the period ends


@dataclass(frozen=True, slots=True)
class Window:
    """`count` periods of `period_s` from `start_s` on: the evaluation range."""

    start_s: int
    period_s: int
    count: int

    @property
    def end_s(self) -> int:
        return self.start_s + self.period_s * self.count

    @property
    def starts(self) -> range:
        """Each period's start, the oldest first."""
        return range(self.start_s, self.end_s, self.period_s)


def interval_s(period_s: int, periods: int) -> int:
    """How often: each 10 s for a period under a minute, each hour where it looks back over a day, else each minute."""
    if period_s < MINUTE_S:
        return HIGH_RESOLUTION_S
    return HOUR_S if period_s * periods > DAY_S else MINUTE_S


def next_due_s(name: str, every_s: int, now_s: float) -> int:
    """The alarms are spread over the interval by their names, so that no second has them all."""
    offset = SETTLE_S + zlib.crc32(name.encode()) % (every_s - SETTLE_S)
    due = int(now_s // every_s) * every_s + offset
    return due if due > now_s else due + every_s


def window(period_s: int, periods: int, now_s: float) -> Window:
    """The periods that are over. They end with the minute (GetMetricData rounds shorter ones to their own length), and
    with the hour where they span more than a day.
    """
    grain = period_s if period_s < MINUTE_S else interval_s(period_s, periods)
    end = int(now_s // grain) * grain
    count = periods + EXTRA_PERIODS
    return Window(end - count * period_s, period_s, count)
