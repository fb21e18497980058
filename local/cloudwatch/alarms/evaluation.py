"""PURE: (what is watched for, points by period, now) -> (state, reason, data): the evaluation of a metric alarm.

"Alarm evaluation", "Configuring how CloudWatch alarms treat missing data", "Percentile-based alarms and low data
samples" (CloudWatch User Guide).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan

from local.cloudwatch.alarms.reasons import insufficient_data, reason_data, threshold_crossed
from local.cloudwatch.alarms.schedule import window
from local.cloudwatch.alarms.watch import Watch


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` is None where the alarm keeps the state that it has."""

    state: str | None
    reason: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What was looked at: `points` (start, value) from the oldest on, and how many periods were missing beside."""

    points: tuple[tuple[int, float], ...]
    missing: int


KEEP = Verdict(None)


def evaluate(watch: Watch, points: Mapping[int, float], samples: Mapping[int, float], now_s: float) -> Verdict:
    """`points` and `samples`: a period's start, in seconds -> the value, and of how many samples it is made."""
    looked_at = window(watch.period_s, watch.periods, now_s)
    present = [(start, points[start]) for start in looked_at.starts if isfinite(points.get(start, nan))]
    evaluated = Evaluated(tuple(present[-watch.periods :]), max(0, watch.periods - len(present)))
    if watch.samples and sum(samples.get(start, 0) for start, _ in evaluated.points) < watch.samples:
        return KEEP
    state = _state(watch, evaluated, looked_at.end_s)
    if state is None:
        return KEEP
    if state == "INSUFFICIENT_DATA":
        reason = insufficient_data(evaluated.missing)
    else:
        breaching = state == "ALARM"
        proof = [point for point in evaluated.points if watch.breaches(point[1]) == breaching]
        reason = threshold_crossed(watch, state, proof, len(evaluated.points), evaluated.missing)
    starts = looked_at.starts[-watch.periods :] if evaluated.missing else [start for start, _ in evaluated.points]
    return Verdict(state, reason, reason_data(watch, evaluated.points, starts, samples, now_s))


def _state(watch: Watch, evaluated: Evaluated, end_s: int) -> str | None:
    breaching = [start for start, value in evaluated.points if watch.breaches(value)]
    filled = evaluated.missing if watch.missing == "breaching" else 0
    if len(breaching) + filled >= watch.needed:
        return "ALARM"
    if not evaluated.missing or watch.missing in ("breaching", "notBreaching"):
        return "OK"
    if len(breaching) < len(evaluated.points):
        return "OK"  # one real point within the threshold is enough, however many are missing
    if watch.missing == "ignore":
        return None
    return "ALARM" if _sustained(watch, breaching, end_s) else "INSUFFICIENT_DATA"


def _sustained(watch: Watch, breaching: list[int], end_s: int) -> bool:
    """All that is there breaches, and has done so for as many periods as Datapoints to Alarm: AWS's "Avoiding premature
    transitions to alarm state".
    """
    return bool(breaching) and (end_s - breaching[0]) // watch.period_s >= watch.needed
