"""Labels: AWS's page "Using dynamic labels", LabelOptions (API reference)."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.cloudwatch.metrics.expressions import TimeSeries
from local.cloudwatch.metrics.labels import Moment
from local.cloudwatch.metrics.labels import label as make_label
from local.errors import AwsError
from tests.local.cloudwatch.metrics.laptop import HOUR, MINUTE, NOW, Laptop, query


@pytest.fixture
def measured(laptop: Laptop) -> Laptop:
    """8, 2, 5 at 11:50, 11:53, 11:58."""
    for minute, value in ((50, 8), (53, 2), (58, 5)):
        dimensions = [{"Name": "service", "Value": "shop"}]
        laptop.put("App", "m", value, NOW.replace(hour=11, minute=minute), Dimensions=dimensions)
    return laptop


def label(laptop: Laptop, template: str, **more: Any) -> str:
    found: str = laptop.data(query("m1", "App", "m", "Sum", dimensions={"service": "shop"}, Label=template), **more)[0][
        "Label"
    ]
    return found


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain", "plain"),
        ("", ""),
        ("${LABEL}", "m"),
        ("${AVG}", "5"),
        ("${DATAPOINT_COUNT}", "3"),
        ("${FIRST}", "8"),
        ("${FIRST_LAST_RANGE}", "-3"),
        ("${FIRST_LAST_TIME_RANGE}", "8m"),
        ("${FIRST_TIME}", "2026-01-05 11:50:00"),
        ("${FIRST_TIME_RELATIVE}", "10m"),
        ("${LAST}", "5"),
        ("${LAST_TIME}", "2026-01-05 11:58:00"),
        ("${LAST_TIME_RELATIVE}", "2m"),
        ("${MAX}", "8"),
        ("${MAX_TIME}", "2026-01-05 11:50:00"),
        ("${MAX_TIME_RELATIVE}", "10m"),
        ("${MIN}", "2"),
        ("${MIN_MAX_RANGE}", "6"),
        ("${MIN_MAX_TIME_RANGE}", "3m"),
        ("${MIN_TIME}", "2026-01-05 11:53:00"),
        ("${MIN_TIME_RELATIVE}", "7m"),
        ("${SUM}", "15"),
        ("${PROP('AccountId')}", "123456789012"),
        ("${PROP('Dim.service')}", "shop"),
        ("${PROP('MetricName')}", "m"),
        ("${PROP('Namespace')}", "App"),
        ("${PROP('Period')}", "60"),
        ("${PROP('Region')}", "us-east-1"),
        ("${PROP('Stat')}", "Sum"),
        ("[max: ${MAX}, min: ${MIN}] ${LABEL}", "[max: 8, min: 2] m"),
    ],
)
def test_values_of_the_page(measured: Laptop, template: str, text: str) -> None:
    """Every variable of the table "Dynamic label syntax"."""
    assert label(measured, template) == text


def test_timezone(measured: Laptop) -> None:
    """ "+0130 indicates a time zone that is 1 hour and 30 minutes ahead of UTC"."""
    assert label(measured, "${LAST_TIME}", LabelOptions={"Timezone": "+0130"}) == "2026-01-05 13:28:00"
    assert label(measured, "${LAST_TIME}", LabelOptions={"Timezone": "-1200"}) == "2026-01-04 23:58:00"


def test_without_datapoints(measured: Laptop) -> None:
    """There is no value, and no time, to write."""
    assert label(measured, "${LABEL} ${MAX} ${LAST_TIME}", start=NOW - 5 * HOUR, end=NOW - 4 * HOUR) == "m - -"


@pytest.mark.parametrize(
    "template",
    [
        "${LABEL} ${LABEL}",
        "${MEDIAN}",
        "${PROP('Color')}",
        "${PROP(Stat)}",
        "${max}",
        "${MIN} ${MAX} ${AVG} ${SUM} ${LAST} ${FIRST}",
    ],
)
def test_refused(measured: Laptop, template: str) -> None:
    """ "You can add up to five dynamic values to a label. You can use the ${LABEL} placeholder only once"; a variable
    that the page hasn't is named.
    """
    asked = query("m1", "App", "m", Label=template)
    code, message = measured.refused("GetMetricData", MetricDataQueries=[asked], StartTime=NOW - HOUR, EndTime=NOW)
    assert (code, "label" in message) == ("ValidationError", True)


def test_series_of_a_search_are_told_apart(laptop: Laptop) -> None:
    """By what differs: the dimensions' values, the metrics' names."""
    for service, name in (("shop", "a"), ("shop", "b"), ("cart", "a")):
        dimensions = [{"Name": "service", "Value": service}, {"Name": "stage", "Value": "dev"}]
        laptop.put("App", name, 1, NOW - MINUTE, Dimensions=dimensions)
    found = laptop.data({"Id": "e1", "Expression": "SEARCH('{App,service,stage}', 'Sum', 60)"})
    assert [result["Label"] for result in found] == ["a shop", "b shop", "a cart"]


@settings(deadline=None, database=None)
@given(
    st.lists(st.sampled_from(["${", "}", "MAX", "LABEL", "PROP('", "')", "Dim.", "LAST_TIME", " ", "$", "é"])).map(
        "".join
    )
    | st.text(max_size=30)
)
def test_any_label_is_text_or_our_error(template: str) -> None:
    """No template makes another error."""
    with suppress(AwsError):
        assert isinstance(make_label(template, "m", TimeSeries("m", 60, {0: 1.5}), Moment(60)), str)
