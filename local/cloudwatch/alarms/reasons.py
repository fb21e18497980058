"""PURE: why an alarm is in its state, in CloudWatch's words (StateReason) and as JSON (StateReasonData)."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from local.cloudwatch.alarms.watch import OPERATORS, Watch

INITIAL = "Unchecked: Initial alarm creation"
_MOST_LISTED = 5  # from so many on the reason lists the newest in a sentence of its own
_MOST_IN_DATA = 20  # StateReasonData has at most 4,000 characters: the newest are in it
_TREATED_AS = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def threshold_crossed(watch: Watch, state: str, proof: Sequence[tuple[int, float]], received: int, missing: int) -> str:
    """`proof`: the points that speak for `state`; of `received` ones, with `missing` periods beside."""
    filled = _filled(watch, missing)
    if not proof:
        return f"Threshold Crossed: {_received(received, missing)}{filled}."
    newest = sorted(proof, reverse=True)[:_MOST_LISTED]
    listed = ", ".join(f"{java_double(value)} ({_day_and_time(start)})" for start, value in newest)
    count = f"{_datapoints(len(proof))}" if watch.datapoints is None else f"{len(proof)} out of the last"
    if watch.datapoints is not None:
        count += f" {received + missing} datapoints"
    crossed = f"{_comparison(watch, state, len(proof))} the threshold ({java_double(watch.threshold)})"
    if len(proof) >= _MOST_LISTED:
        which = "datapoints which crossed the threshold" if state == "ALARM" else "datapoints"
        said = f"{count} {crossed}{filled}. The most recent {which}: [{listed}]"
    else:
        said = f"{count} [{listed}] {crossed}{filled}"
    return f"Threshold Crossed: {said}{_minimum(watch, state)}."


def insufficient_data(missing: int) -> str:
    return f"Insufficient Data: {_datapoints(missing)} {_were(missing)} unknown."


def reason_data(
    watch: Watch,
    points: Sequence[tuple[int, float]],
    starts: Iterable[int],
    samples: Mapping[int, float],
    now_s: float,
) -> str:
    """`points` from the oldest on; `starts`: the periods that were evaluated, those without a point too."""
    values = dict(points)
    evaluated = sorted({*starts, *values}, reverse=True)[:_MOST_IN_DATA]
    data: dict[str, Any] = {"version": "1.0", "queryDate": timestamp(now_s)}
    if points:
        data["startDate"] = timestamp(points[0][0])
    if watch.unit:
        data["unit"] = watch.unit
    if watch.statistic:
        data["statistic"] = watch.statistic
    data |= {
        "period": watch.period_s,
        "recentDatapoints": [value for _, value in points[-_MOST_IN_DATA:]],
        "threshold": watch.threshold,
        "evaluatedDatapoints": [_evaluated(start, values, samples) for start in evaluated],
    }
    return json.dumps(data, separators=(",", ":"))


def timestamp(at_s: float) -> str:
    """As CloudWatch writes it into JSON: 2019-10-02T17:04:40.985+0000."""
    whole, millis = divmod(round(at_s * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{millis:03}+0000"


def long_date(at_s: float) -> str:
    """As CloudWatch writes it into sentences: Friday 22 July, 2022 15:57:45 UTC."""
    return time.strftime("%A %d %B, %Y %H:%M:%S UTC", time.gmtime(at_s))


def java_double(value: float) -> str:
    """As Java's Double.toString() writes a finite one: 5.0, 1.0E7, 1.0E-4."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(float(value))
    sign, digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()
    rest = "".join(map(str, digits[1:])) or "0"
    return f"{'-' * sign}{digits[0]}.{rest}E{int(exponent) + len(digits) - 1}"


def _evaluated(start: int, values: Mapping[int, float], samples: Mapping[int, float]) -> dict[str, Any]:
    datapoint: dict[str, Any] = {"timestamp": timestamp(start)}
    if start in samples:
        datapoint["sampleCount"] = samples[start]
    if start in values:
        datapoint["value"] = values[start]
    return datapoint


def _received(received: int, missing: int) -> str:
    periods = received + missing
    count = _datapoints(received) if received else "no datapoints"
    return f"{count} {_were(received or 2)} received for {periods} period{'s' * (periods != 1)}"


def _filled(watch: Watch, missing: int) -> str:
    if not missing or watch.missing not in _TREATED_AS:
        return ""
    kind = _TREATED_AS[watch.missing]
    return f" and {missing} missing datapoint{'s' * (missing != 1)} {_were(missing)} treated as [{kind}]"


def _comparison(watch: Watch, state: str, count: int) -> str:
    return f"{_were(count)} {'not ' if state == 'OK' else ''}{OPERATORS[watch.operator][1]}"


def _minimum(watch: Watch, state: str) -> str:
    if watch.datapoints is None:
        return ""
    if state == "ALARM":
        return f" (minimum {_datapoints(watch.datapoints)} for OK -> ALARM transition)"
    return f" (minimum {_datapoints(watch.periods - watch.datapoints + 1)} for ALARM -> OK transition)"


def _datapoints(count: int) -> str:
    return f"{count} datapoint{'s' * (count != 1)}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _day_and_time(start: int) -> str:
    return time.strftime("%d/%m/%y %H:%M:%S", time.gmtime(start))
