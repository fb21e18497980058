"""Metric math: AWS's page "Using math expressions with CloudWatch metrics", its tables and its examples."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local.cloudwatch.metrics import ExpressionError, parse_expression
from local.cloudwatch.metrics.expressions import Scope, TimeSeries, evaluate, parse_math
from local.errors import NotSupported

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

START = int(datetime(2026, 1, 5, 12, 0, tzinfo=UTC).timestamp())  # a Monday
Row: TypeAlias = Sequence[float | None]


def series(values: Row, period: int = 60, label: str = "m") -> TimeSeries:
    points = {START + n * period: float(value) for n, value in enumerate(values) if value is not None}
    return TimeSeries(label, period, points, metric=True)


def scope(metrics: Mapping[str, TimeSeries], periods: int = 5, period: int | None = None) -> Scope:
    def grid(period_s: int) -> range:
        return range(START, START + periods * period_s, period_s)

    return Scope(dict(metrics), dict(metrics), grid, period, lambda *_: ())


def row(found: TimeSeries, periods: int) -> list[float | None]:
    step = found.period or 60
    assert found.points.keys() <= {START + n * step for n in range(periods)}
    return [found.points.get(START + n * step) for n in range(periods)]


def compute(expression: str, /, **metrics: Row) -> list[float | None]:
    """The one time series of the result, None where it has no datapoint."""
    length = max((len(values) for values in metrics.values()), default=1)
    found = evaluate(parse_math(expression), scope({name: series(v) for name, v in metrics.items()}, length, 60))
    assert isinstance(found, TimeSeries)
    return row(found, length)


def compute_all(expression: str, /, **metrics: Row) -> list[list[float | None]]:
    length = max(len(values) for values in metrics.values())
    found = evaluate(parse_math(expression), scope({name: series(v) for name, v in metrics.items()}, length, 60))
    assert isinstance(found, tuple)
    return [row(one, length) for one in found]


def refused(expression: str, /, **metrics: Row) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compute(expression, **metrics)
    return caught.value


METRIC_1, METRIC_2 = [30.0, 20.0, 0.0, 0.0], [20.0, None, 20.0, None]


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("(metric1 < metric2)", [0, 0, 1, 0]),
        ("(metric1 >= 30)", [1, 0, 0, 0]),
        ("(metric1 > 15 AND metric2 > 15)", [1, 0, 0, 0]),
        ("(metric1 > 15 && metric2 > 15)", [1, 0, 0, 0]),
        ("(metric1 > 15 OR metric2 > 15)", [1, 1, 1, 0]),
        ("(metric1 > 15 || metric2 > 15)", [1, 1, 1, 0]),
    ],
)
def test_comparisons_of_the_page(expression: str, values: list[float]) -> None:
    """The table below "Comparison and logical operators": a missing value is 0."""
    assert compute(expression, metric1=METRIC_1, metric2=METRIC_2) == values


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("IF(metric1, metric2, metric3)", [30, 0, 20, None, None]),
        ("IF(metric1, 5, metric3)", [5, 5, 20, None, None]),
        ("IF(metric1, metric2, 5)", [30, 0, 5, 5, None]),
        ("IF(metric1, metric2)", [30, 0, None, None, None]),
        ("IF(metric1, 10, 2)", [10, 10, 2, 2, None]),
        ("IF(1, metric2, metric3)", [30, None, 0, 0, 30]),
        ("IF(0, metric2, metric3)", [0, 0, 20, None, 20]),
        ("IF(0, metric2)", [None] * 5),
        ("IF(metric2 < 30, metric2)", [None, None, 0, 0, None]),
    ],
)
def test_if_of_the_page(expression: str, values: Row) -> None:
    """The tables of "Using IF expressions"."""
    rows: dict[str, Row] = {
        "metric1": [1, 1, 0, 0, None],
        "metric2": [30, None, 0, 0, 30],
        "metric3": [0, 0, 20, None, 20],
    }
    assert compute(expression, **rows) == values


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("m1+m2", [5, 2, 3]),
        ("m1 - m2", [3, 2, -3]),
        ("5 * m1", [20, 10, None]),
        ("m1/m2", [4, None, 0]),  # nothing divided by 3 is 0; divided by nothing is dropped
        ("-m1", [-4, -2, None]),
        ("-5*m1", [-20, -10, None]),
        ("m1^2", [16, 4, None]),
        ("m1-AVG(m1)", [1, -1, None]),
        ("PERIOD(m1)/60 * m1", [4, 2, None]),
        ("m1/PERIOD(m1)", [4 / 60, 2 / 60, None]),
        ("SUM(100/[m1, m2])", [125, 50, 100 / 3]),
        ("SUM(-[m1, m2])", [-5, -2, -3]),
        ("SUM(METRICS())", [5, 2, 3]),
        ('SUM(METRICS("1"))', [4, 2, None]),
        ("SUM([METRICS('1'), METRICS('2')])", [5, 2, 3]),
        ("AVG(METRICS())", [2.5, 1, 1.5]),  # "Missing values are treated as 0"
        ("MIN(METRICS())", [1, 2, 3]),
        ("MAX(METRICS())", [4, 2, 3]),
        ("STDDEV(METRICS())", [1.5, 0, 0]),
        ("DATAPOINT_COUNT(METRICS())", [2, 1, 1]),
        ("MAX(m1)/m1", [1, 2, None]),
        ("m1-MIN(m1)", [2, 0, None]),
        ("m1/STDDEV(m1)", [4, 2, None]),
        ("SUM([m1,m2])/AVG(m2)", [2.5, 1, 1.5]),
        ("SUM(METRICS())/SUM(m1)", [5 / 6, 2 / 6, 3 / 6]),
        ("m1/METRIC_COUNT(METRICS())", [2, 1, None]),
        ("SUM(m1) / DATAPOINT_COUNT(m1) * m1", [12, 6, None]),
        ("MIN(ABS([m1-10, m2]))", [1, 8, 3]),
        ("FIRST(METRICS())", [4, 2, None]),
        ("LAST(METRICS())", [1, None, 3]),
        ("FIRST(SORT(METRICS(), AVG, DESC))", [4, 2, None]),
        ("FIRST(SORT(METRICS(), AVG, ASC))", [1, None, 3]),
        ("FIRST(SORT(METRICS(), MIN, ASC))", [1, None, 3]),
        ("IF(FIRST(SORT(METRICS(), AVG, DESC))>3, 1, 0)", [1, 0, None]),
        ("SLICE(METRICS(), 1, 2)", [1, None, 3]),
        ("TIME_SERIES(MAX(m1))", [4, 4, 4]),
        ("TIME_SERIES(5*AVG(m1))", [15, 15, 15]),
        ("TIME_SERIES(10)", [10, 10, 10]),
        ("FILL(m1, 0)", [4, 2, 0]),
        ("FILL(m1, MIN(m1))", [4, 2, 2]),
        ("FILL(m1, m2)", [4, 2, 3]),
        ("FILL(m2, REPEAT)", [1, 1, 3]),
        ("FILL(m2, LINEAR)", [1, 2, 3]),
        ("DIFF(m2)", [None, None, 2]),
        ("DIFF_TIME(m2)", [None, None, 120]),
        ("RATE(m2)", [None, None, 2 / 120]),
        ("RUNNING_SUM(m2)", [1, None, 4]),
        ("CEIL(m1/3)", [2, 1, None]),
        ("FLOOR(m1/3)", [1, 0, None]),
        ("LOG10(m1*25)", [2, pytest.approx(1.69897), None]),
        ("LOG(m1/m1)", [0, 0, None]),
        ("MINUTE(m1)", [0, 1, 2]),
        ("(0-m1)^0.5", [None, None, None]),
        ("(m1-4)^-1", [None, -0.5, None]),
        ("m1^(m1*10^300)", [None, None, None]),
        ("HOUR(m1)", [12, 12, 12]),
        ("DAY(m1)", [1, 1, 1]),
        ("DATE(m1)", [5, 5, 5]),
        ("MONTH(m1)", [1, 1, 1]),
        ("YEAR(m1)", [2026, 2026, 2026]),
        ("EPOCH(m1)", [START, START + 60, START + 120]),
        ("IF(DAY(m1)<6,m1)", [4, 2, 0]),
        ("IF(MONTH(m1) == 4,m1)", [None, None, None]),
    ],
)
def test_functions_of_the_page(expression: str, values: Row) -> None:
    """The examples of the tables "Basic arithmetic functions" and "Functions supported for metric math", computed by
    hand for m1 = [4, 2, -] and m2 = [1, -, 3].
    """
    found = compute(expression, m1=[4, 2, None], m2=[1, None, 3])
    assert found == [value if value is None else pytest.approx(value) for value in values]


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("METRICS()/10", [[0.4, 0.2, None], [0.1, None, 0.3]]),
        ("ABS(METRICS())", [[4, 2, None], [1, None, 3]]),
        ("CEIL(METRICS())", [[4, 2, None], [1, None, 3]]),
        ("FILL(METRICS(), 0)", [[4, 2, 0], [1, 0, 3]]),
        ("FILL(METRICS(), m1)", [[4, 2, None], [1, 2, 3]]),
        ("FILL(METRICS(), LINEAR)", [[4, 2, None], [1, 2, 3]]),
        ("RUNNING_SUM([m1,m2])", [[4, 6, None], [1, None, 4]]),
        ("SORT(METRICS(), MAX, ASC)", [[1, None, 3], [4, 2, None]]),
        ("SORT(METRICS(), SUM, DESC, 1)", [[4, 2, None]]),
        ("SLICE(SORT(METRICS(), SUM, DESC), 0, 10)", [[4, 2, None], [1, None, 3]]),
        ("SLICE(SORT(METRICS(), AVG, ASC), 1)", [[4, 2, None]]),
        ("REMOVE_EMPTY([m1, IF(0, m2)])", [[4, 2, None]]),
        ("m1 - [m1, m2]", [[0, 0, None], [3, 2, -3]]),
    ],
)
def test_arrays_of_the_page(expression: str, rows: list[Row]) -> None:
    """The same table's examples whose result is an array of time series."""
    found = compute_all(expression, m1=[4, 2, None], m2=[1, None, 3])
    assert found == [[value if value is None else pytest.approx(value) for value in each] for each in rows]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2+3*4", 14),
        ("(2+3)*4", 20),
        ("2*3^2", 18),
        ("2^3^2", 512),
        ("-2^2", -4),
        ("2^-1", 0.5),
        ("10-4-3", 3),
        ("16/4/2", 2),
        ("1 + 1 == 2", 1),
        ("1 < 2 AND 3 < 2", 0),
        ("1 OR 0 AND 0", 1),
        ("2 != 2", 0),
        ("2 <= 2", 1),
        ("1.5e3", 1500),
        (".5", 0.5),
    ],
)
def test_precedence(expression: str, value: float) -> None:
    """Operators bind as in arithmetic, comparisons weaker, then AND, then OR."""
    assert compute(f"TIME_SERIES({expression})") == [value]


@pytest.mark.parametrize(
    ("expression", "position", "reason"),
    [
        ("", 0, "The expression ends where a value is expected"),
        ("m1 +", 4, "The expression ends where a value is expected"),
        ("m1 m2", 3, "Unexpected 'm2'"),
        ("SUM([m1, m2)", 11, "Unexpected ')'"),
        ("SUM([m1, m2]", 3, "Unmatched '('"),
        ("ANOMALY_DETECTOR(m1)", 0, "Function 'ANOMALY_DETECTOR' not found"),
        ("sum(m1)", 0, "Function 'sum' not found"),
        ("1 + SUM(m1, m2)", 4, "Function 'SUM' takes 1 arguments, not 2"),
        ("m1 % 2", 3, "Unexpected character '%'"),
        ("SEARCH('\ud800', 'Sum', 60)", 8, "Unexpected half of a character"),
        ("SEARCH('{A', 'Sum', 60)", 10, "SEARCH: The search ends too early"),
        ("SEARCH('{A}', 'Median', 60)", 14, "SEARCH: 'Median' is not a valid statistic"),
        ("SEARCH(m1, 'Sum', 60)", 7, "Function 'SEARCH' takes a text in quotes as argument 1"),
        ("METRICS('e)", 8, "A quoted text is not closed"),
        ("m1 = m2", 3, "Unexpected character '='"),
        ("1" + "0" * 400, 0, "The number 1" + "0" * 400 + " is too large"),
    ],
)
def test_what_cannot_be_read_says_where(expression: str, position: int, reason: str) -> None:
    """An expression that is none has an error with the position and, for functions, AWS's own words."""
    with pytest.raises(ExpressionError) as caught:
        parse_expression(expression)
    assert (caught.value.position, caught.value.reason, caught.value.code) == (position, reason, "ValidationError")


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("AVG(m1)", 0),  # a number is no result
        ("5", 0),
        ("ABS(5)", 4),
        ("[m1, 5]", 5),
        ("[m1]+[m1]", 4),
        ("METRICS() > 1", 10),
        ("FIRST(m1)", 6),
        ("METRIC_COUNT(m1)+m1", 13),
        ("PERIOD(m1+1)*m1", 0),
        ("SORT(METRICS(), STDDEV, ASC)", 16),
        ("SORT(METRICS(), 'AVG', ASC)", 16),
        ("SORT(METRICS(), AVG, UP)", 21),
        ("FILL(m1, LAST)", 9),
        ("SLICE(METRICS(), 0.5)", 0),
        ("m2", 0),
        ("REPEAT", 0),
        ("'text'", 0),
        ("IF(1, 2, 3)", 0),
        ("METRICS(m1)", 8),
        ("IF(METRICS(), m1)", 3),
        ("IF(m1, METRICS())", 7),
        ("MINUTE(5)", 7),
        ("TIME_SERIES(m1)", 12),
        ("SEARCH('{A}', 'Sum', 45)", 0),
        ("SEARCH('{A}', 'Sum', 60*10^300)", 0),
    ],
)
def test_types_are_those_of_the_page(expression: str, position: int) -> None:
    """S, TS and TS[] go only where the page's table says."""
    assert refused(expression, m1=[1.0]).position == position


@pytest.mark.parametrize(
    "function",
    ["ANOMALY_DETECTION_BAND(m1)", "INSIGHT_RULE_METRIC('r', 'm')", "DB_PERF_INSIGHTS('a', 'b', 'c')", "LAMBDA('f')"],
)
def test_what_the_laptop_has_not_is_refused_by_name(function: str) -> None:
    """Functions of AWS's for which there is nothing on a laptop are not taken for misspelled."""
    with pytest.raises(NotSupported, match=function.partition("(")[0]):
        parse_expression(f"1 + {function}")


def test_mixed_periods_are_refused() -> None:
    """The page doesn't say what they give point by point; a number made of one goes with another."""
    mixed = scope({"m1": series([1, 2]), "m2": series([3], period=300)})
    with pytest.raises(NotSupported, match="60 s and 300 s"):
        evaluate(parse_math("m1+m2"), mixed)
    found = evaluate(parse_math("m1*MAX(m2)"), mixed)
    assert isinstance(found, TimeSeries)
    assert row(found, 2) == [3, 6]


def test_series_before_the_first_and_after_the_last_datapoint() -> None:
    """REPEAT has nothing to repeat before the first, LINEAR nothing to go to after the last."""
    assert compute("FILL(m1, REPEAT)", m1=[None, 2, None]) == [None, 2, 2]
    assert compute("FILL(m1, LINEAR)", m1=[None, 2, None]) == [None, 2, None]


def test_nothing_computed_with_no_value() -> None:
    """A function over no datapoints gives no number, so what is computed with it has no datapoints either."""
    assert compute("m1 + MAX(m2)", m1=[1, 2], m2=[None, None]) == [None, None]
    assert compute("IF(MAX(m2), m1)", m1=[1, 2], m2=[None, None]) == [None, None]
    assert compute("TIME_SERIES(1 + MAX(m2))", m1=[1, 2], m2=[None, None]) == [None, None]
    assert compute("m1 + SUM(m2)", m1=[1, 2], m2=[None, None]) == [1, 2]


def test_longest_expressions_are_read() -> None:
    """2,048 characters of sums, or of parentheses, end neither the parser nor what computes."""
    assert compute("+".join(["m1"] * 600), m1=[1.0]) == [600]
    with pytest.raises(ExpressionError, match="Nested deeper"):
        parse_expression("(" * 1000)
    with pytest.raises(ExpressionError, match="Nested deeper"):
        parse_expression("SEARCH('" + "(" * 1000 + "', 'Sum', 60)")
    with pytest.raises(ExpressionError, match="at most 2048 characters"):
        parse_expression("1" + " " * 2048)
    with pytest.raises(ExpressionError, match="Nested deeper"):
        parse_expression("-" * 2000 + "1")


ALPHABET = [
    *"m1 23.,+-*/^<>=!&|()[]'\"eE_",
    "SUM(",
    "IF(",
    "METRICS()",
    "FILL(m1,",
    "REPEAT)",
    " AND ",
    "SORT(",
    "[m1,m2]",
]


@QUIET
@given(st.lists(st.sampled_from(ALPHABET), max_size=40).map("".join) | st.text(max_size=60))
@example("'\\")
@example("m1 AND")
def test_any_text_is_a_tree_or_our_error(text: str) -> None:
    """No text makes another error than AWS's or the laptop's, and its position is in the text."""
    error = None
    try:
        evaluate(parse_math(text), scope({"m1": series([1, None, 0]), "m2": series([2, 3])}))
    except NotSupported:
        return
    except ExpressionError as raised:
        error = raised
    assert error is None or 0 <= error.position <= len(text)
