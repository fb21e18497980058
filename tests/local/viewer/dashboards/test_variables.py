from typing import Any

import pytest

from local.viewer.dashboards.entries import NotDrawable
from local.viewer.dashboards.variables import Search, apply, read_search, read_variables

FUNCTION = {
    "type": "property",
    "property": "FunctionName",
    "inputType": "select",
    "id": "LambdaFunction_Variable",
    "label": "Function",
    "visible": True,
    "search": '{AWS/Lambda,FunctionName} MetricName="Duration"',
    "populateFrom": "FunctionName",
}
REGION = {
    "type": "property",
    "property": "region",
    "inputType": "input",
    "id": "region",
    "defaultValue": "us-east-1",
}


def body(*variables: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"variables": list(variables), "widgets": [{"type": "metric", "properties": properties}]}


def properties(body: dict[str, Any], query: dict[str, str], found: dict[str, list[str]] | None = None) -> Any:
    return apply(body, read_variables(body, query, found or {}))["widgets"][0]["properties"]


def test_a_property_variable_changes_every_property_of_its_name() -> None:
    """The page's example: the region of all widgets. What is no property of that name stays."""
    given = body(REGION, region="us-east-1", title="region", metrics=[["A", "region", "d", "region"]])
    assert properties(given, {"var.region": "eu-west-1"}) == {
        "region": "eu-west-1",
        "title": "region",
        "metrics": [["A", "region", "d", "region"]],
    }


def test_a_property_variable_changes_every_value_of_a_dimension_of_its_name() -> None:
    """The page's example: one dashboard for every Lambda function."""
    given = body(
        FUNCTION, metrics=[["AWS/Lambda", "Errors", "FunctionName", "old", {"stat": "Sum"}], ["A", "FunctionName"]]
    )
    found = {"LambdaFunction_Variable": ["new", "other"]}
    assert properties(given, {"var.LambdaFunction_Variable": "other"}, found)["metrics"] == [
        ["AWS/Lambda", "Errors", "FunctionName", "other", {"stat": "Sum"}],
        ["A", "FunctionName"],
    ]


def test_a_number_stays_a_number() -> None:
    """A variable of `period` puts 60 where 300 stood, not "60"."""
    variable = {**REGION, "property": "period", "id": "p", "defaultValue": 60}
    assert properties(body(variable, period=300), {}) == {"period": 60}


def test_a_pattern_variable_changes_a_regular_expression_anywhere() -> None:
    """The page's example: a region in the middle of an ARN. The value is text, whatever characters are in it."""
    variable = {"type": "pattern", "pattern": "us-east-[12]", "inputType": "input", "id": "region"}
    given = body(variable, alarms=["arn:aws:cloudwatch:us-east-1:1:alarm:a"], title="us-east-2")
    assert properties(given, {"var.region": r'eu"\1'}) == {
        "alarms": [r'arn:aws:cloudwatch:eu"\1:1:alarm:a'],
        "title": r'eu"\1',
    }


def test_a_pattern_that_is_none_is_named() -> None:
    """It is no error of the viewer's."""
    variable = {"type": "pattern", "pattern": "(", "inputType": "input", "id": "x"}
    with pytest.raises(NotDrawable, match="the pattern variable '\\('"):
        properties(body(variable), {"var.x": "y"})


@pytest.mark.parametrize(
    ("default", "value"),
    [("__FIRST", "alpha"), ("beta", "beta"), ("gone", "alpha"), (None, "alpha")],
)
def test_the_default_of_a_search(default: str | None, value: str) -> None:
    """`defaultValue` counts if the search found it; `__FIRST` is the first one found, sorted alphabetically."""
    given = {**FUNCTION, "defaultValue": default} if default else FUNCTION
    (variable,) = read_variables(body(given), {}, {"LambdaFunction_Variable": ["beta", "alpha"]})
    assert variable.value == value
    assert [choice.value for choice in variable.choices] == ["alpha", "beta"]


def test_labels() -> None:
    """Without a label it is the property's name, or pattern_1, pattern_2, ..."""
    pattern = {"type": "pattern", "pattern": "x", "inputType": "input"}
    given = body({**pattern, "id": "a"}, REGION, {**pattern, "id": "b"}, FUNCTION)
    labels = [variable.label for variable in read_variables(given, {}, {})]
    assert labels == ["pattern_1", "region", "pattern_2", "Function"]


def test_searches() -> None:
    """A namespace, dimensions and a metric's name, as the page has it; quoted where there are spaces; nothing else."""
    assert read_search('{AWS/EC2,InstanceId} MetricName="CPUUtilization"') == Search(
        "AWS/EC2", ("InstanceId",), {}, "CPUUtilization"
    )
    assert read_search('{"My Space",service,route} MetricName="Requests" service="items"') == Search(
        "My Space", ("service", "route"), {"service": "items"}, "Requests"
    )
    assert read_search("{AWS/EC2,InstanceId} CPU OR Disk") is None
    assert read_search("anything") is None
