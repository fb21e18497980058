"""local.cloudwatch.alarms.evaluation: AWS's tables, row by row, and AWS's words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.alarms.evaluation import Verdict, evaluate
from local.cloudwatch.alarms.watch import Watch, samples_for, watch_of

END = 1_795_000_020  # a whole minute: 2026-11-18 11:07:00 UTC
KEEP, OK, ALARM, UNKNOWN = None, "OK", "ALARM", "INSUFFICIENT_DATA"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


def watch(missing: str, needed: int | None, periods: int = 3, **changes: object) -> Watch:
    return Watch(60, periods, needed, "GreaterThanThreshold", 3, missing, **changes)  # type: ignore[arg-type]


def judge(watched: Watch, row: str) -> Verdict:
    """`row` as AWS's page writes it: X breaching, 0 not, - missing; the newest on the right."""
    marks = row.split()
    starts = [END - 60 * (len(marks) - index) for index in range(len(marks))]
    values = {"0": 1.0, "X": 5.0}
    points = {start: values[mark] for start, mark in zip(starts, marks, strict=True) if mark in values}
    return evaluate(watched, points, {}, END + 2.5)


@pytest.mark.parametrize(
    ("row", "states"),
    [
        ("0 - X - X", (OK, OK, OK, OK)),
        ("0 - - - -", (OK, OK, OK, OK)),
        ("- - - - -", (UNKNOWN, KEEP, ALARM, OK)),
        ("0 X X - X", (ALARM, ALARM, ALARM, ALARM)),
        ("- - X - -", (ALARM, KEEP, ALARM, OK)),
        # an older edition of the page has these two beside
        ("- - - - X", (UNKNOWN, KEEP, ALARM, OK)),
        ("X - - - -", (ALARM, KEEP, ALARM, OK)),
    ],
)
@pytest.mark.parametrize("needed", [3, None])
def test_three_of_three(row: str, states: tuple[str | None, ...], needed: int | None) -> None:
    """The first table of "Configuring how CloudWatch alarms treat missing data": 3 of 3, evaluation range 5."""
    assert tuple(judge(watch(missing, needed), row).state for missing in TREATMENTS) == states


@pytest.mark.parametrize(
    ("row", "states"),
    [
        ("0 - X - X", (ALARM, ALARM, ALARM, ALARM)),
        ("0 0 X 0 X", (ALARM, ALARM, ALARM, ALARM)),
        ("0 - X - -", (OK, OK, ALARM, OK)),
        ("- - - - 0", (OK, OK, ALARM, OK)),
        ("- - - X -", (ALARM, KEEP, ALARM, OK)),
        ("- - - - X", (UNKNOWN, KEEP, ALARM, OK)),
    ],
)
def test_two_of_three(row: str, states: tuple[str | None, ...]) -> None:
    """The second table of the same page: 2 out of 3, M out of N; the last row is of an older edition."""
    assert tuple(judge(watch(missing, 2), row).state for missing in TREATMENTS) == states


@pytest.mark.parametrize(
    ("row", "state"),
    [("- - - - X", UNKNOWN), ("- - - X -", UNKNOWN), ("- - - X 0", OK), ("- - X - 0", OK), ("- - X - -", ALARM)],
)
def test_premature_transitions_are_avoided(row: str, state: str) -> None:
    """The examples of "Avoiding premature transitions to alarm state": 3 of 3, missing data treated as missing."""
    assert judge(watch("missing", 3), row).state == state


@pytest.mark.parametrize(
    ("row", "state"), [("0 0 X X X", ALARM), ("X X X 0 0", OK), ("X X 0 0 0", OK), ("0 0 0 0 X", OK)]
)
def test_only_the_newest_count(row: str, state: str) -> None:
    """With nothing missing "the extra data points from farther back in the evaluation range are ignored"."""
    assert judge(watch("missing", 3), row).state == state


@pytest.mark.parametrize(
    ("operator", "states"),
    [
        ("GreaterThanThreshold", (OK, OK, ALARM)),
        ("GreaterThanOrEqualToThreshold", (OK, ALARM, ALARM)),
        ("LessThanThreshold", (ALARM, OK, OK)),
        ("LessThanOrEqualToThreshold", (ALARM, ALARM, OK)),
    ],
)
def test_operators(operator: str, states: tuple[str, ...]) -> None:
    """The statistic is the first operand, the threshold the second (PutMetricAlarm, ComparisonOperator)."""
    watched = Watch(60, 1, 1, operator, 3, "missing")
    assert tuple(evaluate(watched, {END - 60: value}, {}, END).state for value in (2.9, 3.0, 3.1)) == states


def test_crossing_is_said_in_aws_words() -> None:
    """ "1 out of the last 1 datapoints [...] was greater than the threshold (3.0) (minimum 1 datapoint for OK -> ALARM
    transition)", the form of the page "Alarm events and EventBridge".
    """
    verdict = evaluate(watch("missing", 1, 1), {1_795_000_020 - 60: 5.0}, {}, END)
    assert verdict.reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [5.0 (18/11/26 11:06:00)] was greater than the threshold "
        "(3.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )


def test_return_to_ok_is_said_in_aws_words() -> None:
    """ "was not greater than ... (minimum 1 datapoint for ALARM -> OK transition)", as on the same page; the newest
    datapoints come first.
    """
    assert judge(watch("missing", 2, 2), "- - 0 0").reason == (
        "Threshold Crossed: 2 out of the last 2 datapoints [1.0 (18/11/26 11:06:00), 1.0 (18/11/26 11:05:00)] were not "
        "greater than the threshold (3.0) (minimum 1 datapoint for ALARM -> OK transition)."
    )
    assert judge(watch("missing", 2, 3), "0 X 0").reason.endswith("(minimum 2 datapoints for ALARM -> OK transition).")


def test_without_datapoints_to_alarm_the_words_are_fewer() -> None:
    """An alarm that leaves DatapointsToAlarm out says "1 datapoint [...] was greater than the threshold (3.0)."."""
    assert judge(watch("missing", None, 1), "- - X").reason == (
        "Threshold Crossed: 1 datapoint [5.0 (18/11/26 11:06:00)] was greater than the threshold (3.0)."
    )


def test_five_datapoints_are_listed_after_the_sentence() -> None:
    """From five on: "The most recent datapoints which crossed the threshold: [...]"."""
    reason = judge(watch("missing", 5, 5), "- - X X X X X").reason
    assert reason.startswith(
        "Threshold Crossed: 5 out of the last 5 datapoints were greater than the threshold (3.0). The most recent "
        "datapoints which crossed the threshold: [5.0 (18/11/26 11:06:00), 5.0 (18/11/26 11:05:00), "
    )
    assert reason.endswith("] (minimum 5 datapoints for OK -> ALARM transition).")


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("breaching", "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was {}."),
        ("notBreaching", "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was {}."),
        ("missing", "Insufficient Data: 1 datapoint was unknown."),
    ],
)
def test_missing_data_is_said_in_aws_words(missing: str, words: str) -> None:
    """How many periods had nothing, and what they were taken for."""
    treated = {"breaching": "treated as [Breaching]", "notBreaching": "treated as [NonBreaching]"}
    assert judge(watch(missing, None, 1), "- - -").reason == words.format(treated.get(missing))


def test_filled_datapoints_are_said() -> None:
    """What was there and what was filled in; where only the filled ones breach, how many were received."""
    assert judge(watch("breaching", None, 2), "- - 0 -").reason == (
        "Threshold Crossed: 1 datapoint [1.0 (18/11/26 11:05:00)] was not greater than the threshold (3.0) and 1 "
        "missing datapoint was treated as [Breaching]."
    )
    assert judge(watch("breaching", 2), "- - - - 0").reason == (
        "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as "
        "[Breaching]."
    )


def test_reason_data() -> None:
    """StateReasonData has what AWS's events show: version, dates, statistic, period, datapoints, threshold."""
    watched = Watch(60, 1, 1, "GreaterThanThreshold", 12.0, "missing", statistic="Sum")
    verdict = evaluate(watched, {END - 60: 1051.0}, {END - 60: 1051.0}, END + 42.817)
    assert verdict.data == (
        '{"version":"1.0","queryDate":"2026-11-18T11:07:42.817+0000","startDate":"2026-11-18T11:06:00.000+0000",'
        '"statistic":"Sum","period":60,"recentDatapoints":[1051.0],"threshold":12.0,"evaluatedDatapoints":[{"timestamp":'
        '"2026-11-18T11:06:00.000+0000","sampleCount":1051.0,"value":1051.0}]}'
    )


def test_reason_data_is_no_longer_than_aws_allows() -> None:
    """ "Maximum length of 4000" (MetricAlarm, StateReasonData), however many periods are evaluated."""
    watched = Watch(60, 1440, 1440, "GreaterThanThreshold", -1.0, "missing", statistic="Average")
    points = {END - 60 * number: number / 7 for number in range(1, 1441)}
    verdict = evaluate(watched, points, points, END)
    assert verdict.state == ALARM
    assert len(verdict.data) <= 4000
    assert len(verdict.reason) <= 1023
    assert json.loads(verdict.data)["recentDatapoints"][-1] == 1 / 7


def test_five_minutes_slide_by_the_minute() -> None:
    """ "at the end of minute 5 the alarm evaluates based on data from minutes 1 to 5. Then at the end of minute 6, ...
    from minutes 2 to 6" (Alarm evaluation): periods end with the minute, not with a multiple of theirs.
    """
    watched = Watch(300, 1, 1, "GreaterThanThreshold", 3, "missing")
    assert evaluate(watched, {END - 300: 5.0}, {}, END + 59).state == ALARM
    assert evaluate(watched, {END - 240: 5.0}, {}, END + 61).state == ALARM
    assert evaluate(watched, {END - 300 - 60: 5.0}, {}, END + 59).state == UNKNOWN


def test_multi_day_alarms_see_whole_hours_only() -> None:
    """Of AWS's "Example of evaluating a multi-day alarm": at 10:03 "the evaluation considers data only up to 10:00"."""
    ten = 1_794_996_000 // 3600 * 3600
    watched = Watch(86400, 3, 3, "LessThanThreshold", 1, "missing")
    three_days = {ten - day * 86400: 0.0 for day in (1, 2, 3)}
    assert evaluate(watched, three_days, {}, ten + 180).state == ALARM
    assert evaluate(watched, three_days, {}, ten + 3540).state == ALARM
    assert evaluate(watched, three_days, {}, ten + 3600 + 180).state == UNKNOWN


@pytest.mark.parametrize(
    ("stat", "samples"), [("p99", 1000), ("p50", 20), ("p90", 100), ("p10", 100), ("p1", 1000), ("p99.9", 10000)]
)
def test_few_samples_of_a_percentile(stat: str, samples: float) -> None:
    """ "fewer than 10/(1-percentile)" from 0.5 on, "10/percentile" below ("Percentile-based alarms and low data
    samples": "fewer than 1000 samples for an alarm on a p99").
    """
    assert samples_for(stat) == samples


@pytest.mark.parametrize("stat", ["Average", "p0", "p100", "tm99", "IQM"])
def test_no_other_statistic_needs_samples(stat: str) -> None:
    """The setting is for percentiles between 0 and 1."""
    assert samples_for(stat) == 0


@pytest.mark.parametrize(("samples", "state"), [(999, KEEP), (1000, ALARM)])
def test_low_samples_keep_the_state(samples: float, state: str | None) -> None:
    """With `ignore` the state does not change while there are too few samples."""
    configuration = {
        "Namespace": "Shop",
        "MetricName": "Latency",
        "ExtendedStatistic": "p99",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 3,
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluateLowSampleCountPercentile": "ignore",
    }
    verdict = evaluate(watch_of(configuration), {END - 60: 5.0}, {END - 60: samples}, END)
    assert verdict.state == state


@pytest.mark.parametrize(
    ("value", "written"),
    [(1e7, "1.0E7"), (12345678.9, "1.23456789E7"), (1e-4, "1.0E-4"), (-2.5e10, "-2.5E10"), (0, "0.0")],
)
def test_numbers_are_written_as_java_does(value: float, written: str) -> None:
    """CloudWatch's texts have Java's Double.toString(): 400000.0, but 1.0E7."""
    reason = evaluate(Watch(60, 1, 1, "GreaterThanOrEqualToThreshold", value, "missing"), {END - 60: value}, {}, END)
    assert f"[{written} (" in reason.reason
    assert f"threshold ({written})" in reason.reason


@given(
    row=st.lists(st.sampled_from("0X-"), min_size=5, max_size=5),
    missing=st.sampled_from(TREATMENTS),
    needed=st.integers(1, 3),
)
def test_enough_real_datapoints_need_no_treatment(row: list[str], missing: str, needed: int) -> None:
    """With as many datapoints as Evaluation Periods "the value you set for how to treat missing data is not needed"."""
    verdict = judge(watch(missing, needed), " ".join(row))
    present = [mark for mark in row if mark != "-"]
    if len(present) >= 3:
        assert verdict.state == (ALARM if present[-3:].count("X") >= needed else OK)
    if verdict.data:
        assert json.loads(verdict.data)["threshold"] == 3


@given(
    values=st.lists(st.none() | st.floats(), max_size=5),
    threshold=st.floats(allow_nan=False, allow_infinity=False),
    missing=st.sampled_from(TREATMENTS),
    needed=st.none() | st.integers(1, 3),
)
def test_any_numbers_have_a_verdict(
    values: list[float | None], threshold: float, missing: str, needed: int | None
) -> None:
    """Whatever the metric's values are there is a verdict, in words and in JSON that has no NaN."""
    points = {END - 60 * (index + 1): value for index, value in enumerate(values) if value is not None}
    verdict = evaluate(Watch(60, 3, needed, "LessThanThreshold", threshold, missing), points, {}, END)
    assert verdict.state in (KEEP, OK, ALARM, UNKNOWN)
    assert bool(verdict.reason) == (verdict.state is not KEEP)
    assert "NaN" not in verdict.data
    assert "Infinity" not in verdict.data
