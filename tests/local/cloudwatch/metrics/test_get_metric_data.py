"""GetMetricData (API reference): queries, periods, units, paging, labels, math, SEARCH."""

from datetime import timedelta
from typing import Any

import pytest

from local.errors import NotSupported
from tests.local.cloudwatch.metrics.laptop import HOUR, MINUTE, NOW, Laptop, query

AT = NOW - 10 * MINUTE


@pytest.fixture
def errors(laptop: Laptop) -> Laptop:
    """m1: 1, 2, 3 errors of 10, 20, - requests in the last three minutes; two functions have other errors."""
    for n, (failed, requests) in enumerate([(1, 10), (2, 20), (3, None)]):
        laptop.put("App", "Errors", failed, NOW + (n - 3) * MINUTE)
        if requests:
            laptop.put("App", "Requests", requests, NOW + (n - 3) * MINUTE)
    for function, failed in (("cart", 5), ("order", 7)):
        dimensions = [{"Name": "FunctionName", "Value": function}]
        laptop.put("AWSish/Lambda", "Errors", failed, NOW - MINUTE, Dimensions=dimensions)
    return laptop


ERRORS, REQUESTS = query("m1", "App", "Errors", "Sum"), query("m2", "App", "Requests", "Sum")


def test_answers_a_result_for_each_query(errors: Laptop) -> None:
    """Id, label, timestamps with their values, and the status; newest first unless ScanBy says otherwise."""
    answer = errors.call(
        "GetMetricData",
        MetricDataQueries=[ERRORS, query("none", "App", "Nothing")],
        StartTime=NOW - HOUR,
        EndTime=NOW,
    )
    assert answer == {
        "MetricDataResults": [
            {
                "Id": "m1",
                "Label": "Errors",
                "Timestamps": [NOW - MINUTE, NOW - 2 * MINUTE, NOW - 3 * MINUTE],
                "Values": [3, 2, 1],
                "StatusCode": "Complete",
            },
            {"Id": "none", "Label": "Nothing", "Timestamps": [], "Values": [], "StatusCode": "Complete"},
        ],
        "Messages": [],
    }
    assert errors.data(ERRORS)[0]["Values"] == [1, 2, 3]


def test_return_data(errors: Laptop) -> None:
    """With ReturnData false a query is there for others only."""
    hidden = {**ERRORS, "ReturnData": False}
    found = errors.data(hidden, {"Id": "e1", "Expression": "m1*2"})
    assert [(result["Id"], result["Label"], result["Values"]) for result in found] == [("e1", "e1", [2, 4, 6])]


def test_expressions_refer_to_each_other(errors: Laptop) -> None:
    """In any order."""
    found = errors.data(
        {"Id": "e2", "Expression": "e1 + 1"}, {"Id": "e1", "Expression": "100*m1/m2", "Label": "rate"}, ERRORS, REQUESTS
    )
    assert [(result["Id"], result["Label"], result["Values"]) for result in found] == [
        ("e2", "e2", [11, 11]),
        ("e1", "rate", [10, 10]),
        ("m1", "Errors", [1, 2, 3]),
        ("m2", "Requests", [10, 20]),
    ]


def test_arrays_are_a_result_for_each_series(errors: Laptop) -> None:
    """ "legend captions ... are in the format Expression-Label Metric-Label" ("Using math expressions")."""
    found = errors.data({"Id": "e1", "Expression": "FILL(METRICS(), 0)", "Label": "Filled With 0:"}, ERRORS, REQUESTS)
    assert [(result["Id"], result["Label"], result["Values"][-3:]) for result in found[:2]] == [
        ("e1", "Filled With 0: Errors", [1, 2, 3]),
        ("e1", "Filled With 0: Requests", [10, 20, 0]),
    ]
    assert len(found[0]["Values"]) == 60


def test_search(errors: Laptop) -> None:
    """The label of the page "Using dynamic labels" for SEARCH over functions; its own period or the query's."""
    search = "SEARCH(' {AWSish/Lambda, FunctionName} Errors ', 'Sum'"
    label = "[max: ${MAX} Errors for Function Name ${LABEL}]"
    for asked in ({"Expression": f"{search}, 300)"}, {"Expression": f"{search})", "Period": 300}):
        found = errors.data({"Id": "e1", "Label": label, **asked})
        assert [(result["Label"], result["Values"]) for result in found] == [
            ("[max: 5 Errors for Function Name cart]", [5]),
            ("[max: 7 Errors for Function Name order]", [7]),
        ]
    assert errors.data({"Id": "e1", "Expression": f"SUM({search}, 60))"})[0]["Values"] == [12]
    nothing = {"Id": "e1", "Expression": "SUM(SEARCH('{Nowhere}', 'Sum', 60)) + m1"}
    assert errors.data(nothing, ERRORS)[0]["Values"] == [1, 2, 3]


def test_search_leaves_out_what_had_no_data_for_two_weeks(errors: Laptop) -> None:
    """As ListMetrics does."""
    errors.now = NOW + timedelta(days=15)
    asked = {"Id": "e1", "Expression": "SEARCH('Errors', 'Sum', 300)"}
    assert errors.data(asked) == []


def test_search_finds_500_at_most(laptop: Laptop) -> None:
    """Beyond it AWS answers what it can, with a message."""
    data = [{"MetricName": f"m{n}", "Value": 1} for n in range(501)]
    laptop.call("PutMetricData", Namespace="Many", MetricData=data)
    asked = [{"Id": "e1", "Expression": "SEARCH('{Many}', 'Sum', 60)"}]
    answer = laptop.call("GetMetricData", MetricDataQueries=asked, StartTime=NOW, EndTime=NOW + MINUTE)
    assert len(answer["MetricDataResults"]) == 500
    assert answer["Messages"] == [{"Code": "MaxMetricsExceeded", "Value": "Maximum number of allowed metrics exceeded"}]


@pytest.mark.parametrize(
    "expression",
    [
        """SELECT SUM(m) FROM "App" WHERE d = 'x\\'; DROP TABLE metric_points; --'""",
        """SELECT SUM("m\\"; DELETE FROM metric_points; --") FROM "App' OR 1=1 --" """,
        """SEARCH('{"App; DROP TABLE metric_names"} "m\\" OR 1=1"', 'Sum', 60)""",
        """SUM(METRICS("1' OR '1'='1")) + TIME_SERIES(0)""",
    ],
)
def test_sql_in_an_expression_is_only_text(laptop: Laptop, expression: str) -> None:
    """It finds nothing, and what is stored stays."""
    laptop.put("App", "m", 1, AT)
    laptop.data({"Id": "e1", "Expression": expression, "Period": 60})
    assert laptop.data(query("m1", "App", "m"))[0]["Values"] == [1]


def test_units(laptop: Laptop) -> None:
    """One result a unit where none is asked for; a unit that wasn't put has no datapoints; math wants one unit."""
    laptop.put("App", "m", 60, AT, Unit="Seconds")
    laptop.put("App", "m", 60_000, AT, Unit="Milliseconds")
    assert [result["Values"] for result in laptop.data(query("m1", "App", "m"))] == [[60_000], [60]]
    assert [result["Values"] for result in laptop.data(query("m1", "App", "m", unit="Seconds"))] == [[60]]
    assert [result["Values"] for result in laptop.data(query("m1", "App", "m", unit="Percent"))] == [[]]
    for expression in ("m1 + 1", "SUM(METRICS())"):
        with pytest.raises(NotSupported, match="m1 has datapoints of several units"):
            laptop.data(query("m1", "App", "m"), {"Id": "e1", "Expression": expression})
    with pytest.raises(NotSupported, match="m1 has datapoints of several units"):
        laptop.metrics.evaluate([query("m1", "App", "m")], int(AT.timestamp()), int(NOW.timestamp()))


def test_statistics_of_one_metric_side_by_side(laptop: Laptop) -> None:
    """The same metric in several queries, each with its statistic and period."""
    for n in range(10):
        laptop.put("App", "m", n, NOW - n * MINUTE - MINUTE)
    found = laptop.data(
        *(query(f"q{n}", "App", "m", name, 600) for n, name in enumerate(["Sum", "p50", "p90", "SampleCount"])),
        query("minutes", "App", "m", "Sum", 60),
    )
    assert [result["Values"] for result in found] == [[45], [4], [8], [10], list(range(9, -1, -1))]


def test_periods_begin_at_the_start_time(laptop: Laptop) -> None:
    """ "Both GetMetricStatistics and GetMetricData return timestamps aligned to the provided StartTime": 04:59, 05:19,
    05:39 with a Period of 20 minutes (boto3's issue 3457, answered for AWS); seconds are rounded down.
    """
    for hour, minute, value in ((4, 58, 1), (4, 59, 2), (5, 18, 4), (5, 19, 8), (5, 58, 16)):
        laptop.put("App", "m", value, NOW.replace(hour=hour, minute=minute))
    asked = query("m1", "App", "m", "Sum", 1200)
    start, end = NOW.replace(hour=4, minute=59, second=31), NOW.replace(hour=5, minute=59)
    found = laptop.data(asked, start=start, end=end)[0]
    times = [f"{at:%H:%M:%S}" for at in found["Timestamps"]]
    assert dict(zip(times, found["Values"], strict=True)) == {"04:59:00": 6, "05:19:00": 8, "05:39:00": 16}


def test_pages(errors: Laptop) -> None:
    """MaxDatapoints and NextToken: pages together are the whole, whatever comes in between; PartialData says more is to
    come.
    """
    asked: dict[str, Any] = {
        "MetricDataQueries": [ERRORS, REQUESTS],
        "StartTime": NOW - HOUR,
        "EndTime": NOW + MINUTE,
        "MaxDatapoints": 2,
    }
    first = errors.call("GetMetricData", **asked)
    assert [(result["Id"], result["Values"], result["StatusCode"]) for result in first["MetricDataResults"]] == [
        ("m1", [3, 2], "PartialData"),
        ("m2", [], "PartialData"),
    ]
    errors.put("App", "Errors", 99, NOW)
    second = errors.call("GetMetricData", **asked, NextToken=first["NextToken"])
    assert [(result["Id"], result["Values"], result["StatusCode"]) for result in second["MetricDataResults"]] == [
        ("m1", [1], "Complete"),
        ("m2", [20], "PartialData"),
    ]
    third = errors.call("GetMetricData", **asked, NextToken=second["NextToken"])
    assert [(result["Id"], result["Values"], result["StatusCode"]) for result in third["MetricDataResults"]] == [
        ("m2", [10], "Complete"),
    ]
    assert "NextToken" not in third


def test_pages_in_ascending_order(errors: Laptop) -> None:
    """ "TimestampAscending returns the oldest data first and paginates when the MaxDatapoints limit is reached"."""
    asked: dict[str, Any] = {
        "MetricDataQueries": [ERRORS],
        "StartTime": NOW - HOUR,
        "EndTime": NOW,
        "MaxDatapoints": 1,
        "ScanBy": "TimestampAscending",
    }
    values: list[float] = []
    token: dict[str, Any] = {}
    for _ in range(3):
        answer = errors.call("GetMetricData", **asked, **token)
        values += answer["MetricDataResults"][0]["Values"]
        token = {"NextToken": answer.get("NextToken")}
    assert (values, token) == ([1, 2, 3], {"NextToken": None})


def test_tokens_are_for_the_same_request(errors: Laptop) -> None:
    """Any other is InvalidNextToken."""
    asked: dict[str, Any] = {"MetricDataQueries": [ERRORS], "StartTime": NOW - HOUR, "EndTime": NOW}
    token = errors.call("GetMetricData", **asked, MaxDatapoints=1)["NextToken"]
    for bad in (token, "", "x", "W10=", "MQ=="):
        code, message = errors.refused("GetMetricData", **asked, MaxDatapoints=2, NextToken=bad)
        assert (code, message) == ("InvalidNextToken", "The next token specified is invalid.")


def test_math_has_no_next_token(errors: Laptop) -> None:
    """ "NextToken is not returned if you are performing a math expression"."""
    answer = errors.call(
        "GetMetricData",
        MetricDataQueries=[ERRORS, {"Id": "e1", "Expression": "m1+1"}],
        StartTime=NOW - HOUR,
        EndTime=NOW,
        MaxDatapoints=4,
    )
    assert [result["StatusCode"] for result in answer["MetricDataResults"]] == ["Complete", "PartialData"]
    assert "NextToken" not in answer
    assert [message["Code"] for message in answer["Messages"]] == ["MaxDatapointsExceeded"]


STAT = query("m1", "App", "m")["MetricStat"]


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        ([], "The parameter MetricDataQueries is required."),
        ([{"Id": "m1"}], "The parameter MetricDataQueries.member.1.MetricStat is required.\n"),
        (
            [query(f"m{n}", "App", "m") for n in range(501)],
            "The collection MetricDataQueries must not have a size greater than 500.",
        ),
        (
            [query("m1", "App", "m", "Median")],
            "The value for parameter MetricDataQueries.member.1.MetricStat.Stat is not a valid statistic.",
        ),
        (
            [query("m1", "App", "m"), query("m1", "App", "n")],
            "The value m1 for parameter MetricDataQueries.member.2.Id is not unique.",
        ),
        (
            [{"Id": "m1", "MetricStat": STAT, "Expression": "m2"}],
            (
                "The parameters MetricDataQueries.member.1.MetricStat and MetricDataQueries.member.1.Expression are"
                " mutually exclusive and you have specified both."
            ),
        ),
        (
            [query("m1", "App", "m", period=45)],
            (
                "The parameter MetricDataQueries.member.1.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of"
                " 60, not 45."
            ),
        ),
        (
            [query("m1", "App", "m", Period=60)],
            (
                "The parameter MetricDataQueries.member.1.Period must not be given with"
                " MetricDataQueries.member.1.MetricStat, which has one."
            ),
        ),
        (
            [{"Id": "e1", "Expression": "-[e2]"}],
            "Error in expression 'e1': There is no query with the Id 'e2' (position 2 of '-[e2]')",
        ),
        (
            [{"Id": "m1", "MetricStat": {**STAT, "Metric": {"MetricName": "m"}}}],
            "The parameter MetricDataQueries.member.1.MetricStat.Metric.Namespace is required.",
        ),
        (
            [{"Id": "e1", "Expression": "ANOMALY_DETECTOR(m1)"}],
            "Error in expression 'e1': Function 'ANOMALY_DETECTOR' not found (position 0 of 'ANOMALY_DETECTOR(m1)')",
        ),
        (
            [{"Id": "e1", "Expression": "1 + m9"}],
            "Error in expression 'e1': There is no query with the Id 'm9' (position 4 of '1 + m9')",
        ),
        (
            [{"Id": "e1", "Expression": "5"}],
            (
                "Error in expression 'e1': The result is a number; it must be a time series or an array of them"
                " (position 0 of '5')"
            ),
        ),
        (
            [{"Id": "e1", "Expression": "SEARCH('(a', 'Sum', 60)"}],
            "Error in expression 'e1': SEARCH: The search ends too early (position 10 of \"SEARCH('(a', 'Sum', 60)\")",
        ),
        (
            [{"Id": "e1", "Expression": "TIME_SERIES(1)"}],
            (
                "Error in expression 'e1': Period must not be null: TIME_SERIES has none of its own (position 0 of"
                " 'TIME_SERIES(1)')"
            ),
        ),
    ],
    ids=range(15),
)
def test_refused(laptop: Laptop, queries: list[dict[str, Any]], message: str) -> None:
    """ValidationError; "The collection ...", "... is not a valid statistic", "... is required" and "Function '...' not
    found" are AWS's words as users have reported them.
    """
    asked = {"StartTime": NOW - HOUR, "EndTime": NOW}
    assert laptop.refused("GetMetricData", MetricDataQueries=queries, **asked) == ("ValidationError", message)


@pytest.mark.parametrize("name", ["M1", "1m", "m-1", "m 1", "mé", "_m", "m" * 256])
def test_ids(laptop: Laptop, name: str) -> None:
    """ "The valid characters are letters, numbers, and underscore. The first character must be a lowercase letter."."""
    asked = {"StartTime": NOW - HOUR, "EndTime": NOW}
    queries = [query(name, "App", "m")]
    assert laptop.refused("GetMetricData", MetricDataQueries=queries, **asked)[0] == "ValidationError"


def test_units_that_there_are_not(laptop: Laptop) -> None:
    """The message lists what there is."""
    asked = {"StartTime": NOW - HOUR, "EndTime": NOW, "MetricDataQueries": [query("m1", "App", "m", unit="Bananas")]}
    code, message = laptop.refused("GetMetricData", **asked)
    assert (code, message[:92]) == (
        "ValidationError",
        "The parameter MetricDataQueries.member.1.MetricStat.Unit must be a value in the set [ Second",
    )


def test_circles_are_refused(laptop: Laptop) -> None:
    """Expressions that need each other have no value."""
    queries = [{"Id": "e1", "Expression": "e2+1"}, {"Id": "e2", "Expression": "e1+1"}]
    code, message = laptop.refused("GetMetricData", MetricDataQueries=queries, StartTime=NOW - HOUR, EndTime=NOW)
    assert (code, "circular references" in message) == ("ValidationError", True)


@pytest.mark.parametrize(
    "more",
    [
        {"MaxDatapoints": 0},
        {"MaxDatapoints": 100_801},
        {"ScanBy": "Random"},
        {"StartTime": NOW},
        {"LabelOptions": {"Timezone": "+1"}},
        {"LabelOptions": {"Timezone": "Europe/Berlin"}},
        {"LabelOptions": {"Timezone": "+2400"}},
    ],
)
def test_bad_parameters(laptop: Laptop, more: dict[str, Any]) -> None:
    """Beyond what the API reference allows."""
    asked = {"MetricDataQueries": [query("m1", "App", "m")], "StartTime": NOW - HOUR, "EndTime": NOW}
    assert laptop.refused("GetMetricData", **{**asked, **more})[0] == "ValidationError"


def test_endless_expressions_are_refused(laptop: Laptop) -> None:
    """A value for each second of a year is more than the 100,800 datapoints of a GetMetricData."""
    asked = {"Id": "e1", "Expression": "TIME_SERIES(1)", "Period": 1}
    code, message = laptop.refused(
        "GetMetricData", MetricDataQueries=[asked], StartTime=NOW - timedelta(days=365), EndTime=NOW
    )
    assert (code, message) == (
        "ValidationError",
        "An expression asks for 31,536,000 datapoints, which exceeds the limit of 100,800.",
    )


def test_accounts_are_refused(laptop: Laptop) -> None:
    """There is one."""
    with pytest.raises(NotSupported, match="AccountId"):
        laptop.data(query("m1", "App", "m", AccountId="123456789012"))


def test_evaluate_for_alarms(errors: Laptop) -> None:
    """The series of the queries that return data, in the shape that alarms and dashboards ask for."""
    start, end = int((NOW - 5 * MINUTE).timestamp()), int(NOW.timestamp())
    found = errors.metrics.evaluate([{**ERRORS, "ReturnData": False}, {"Id": "e1", "Expression": "m1*10"}], start, end)
    assert [(series.id, series.label, series.period) for series in found] == [("e1", "e1", 60)]
    assert errors.metrics.evaluate([ERRORS], end, end) == []
    assert dict(found[0].points) == {end - 180: 10, end - 120: 20, end - 60: 30}
