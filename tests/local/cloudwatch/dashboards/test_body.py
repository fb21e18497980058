"""local.cloudwatch.dashboards.validate_body: the page "Dashboard Body Structure and Syntax", property by property."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.dashboards import Message, validate_body

METRIC = ["AWS/EC2", "CPUUtilization", "InstanceId", "i-012345"]
REGION = {"region": "us-east-1"}


def said(body: Any) -> list[tuple[str, str]]:
    """Path and text of the errors."""
    return [(found.path, found.text) for found in validate_body(json.dumps(body)) if not found.warning]


def of_widget(kind: str, properties: Any, **members: Any) -> list[tuple[str, str]]:
    return said({"widgets": [{"type": kind, "properties": properties, **members}]})


def of_metric(**properties: Any) -> list[tuple[str, str]]:
    return of_widget("metric", {"metrics": [METRIC], **REGION, **properties})


def of_metrics(*metrics: Any) -> list[tuple[str, str]]:
    return of_metric(metrics=list(metrics))


def test_example_of_the_page() -> None:
    """The page's first example has no messages: a metric widget, a text widget, a time range, periodOverride."""
    metric = {
        "metrics": [METRIC],
        "period": 300,
        "stat": "Average",
        "region": "us-east-1",
        "title": "EC2 Instance CPU",
        "liveData": False,
        "legend": {"position": "right"},
    }
    body = {
        "start": "-PT6H",
        "periodOverride": "inherit",
        "widgets": [
            {"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6, "properties": metric},
            {"type": "text", "x": 0, "y": 7, "width": 3, "height": 3, "properties": {"markdown": "Hello world"}},
        ],
    }
    assert validate_body(json.dumps(body)) == []


@pytest.mark.parametrize("text", ["", "nope", "[]", "7", "null", '{"widgets": [NaN]}', "[" * 100_000, '"\ud800"'])
def test_what_is_no_object(text: str) -> None:
    """No JSON, or JSON that is no object: one message, at the root."""
    assert validate_body(text) == [Message("", "The field DashboardBody must be a valid JSON object")]


def test_unknown_properties_are_warnings() -> None:
    """ "If this result includes only warning messages, then the input was valid enough" (PutDashboard)."""
    body = {"widgets": [{"type": "text", "properties": {"markdown": "x", "a/b": 1}}], "theme": "dark"}
    assert validate_body(json.dumps(body)) == [
        Message("/widgets/0/properties/a~1b", "Should NOT have additional properties", warning=True),
        Message("/theme", "Should NOT have additional properties", warning=True),
    ]


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({}, [("", "Should have required property 'widgets'")]),
        ({"widgets": {}}, [("/widgets", "Should be array")]),
        ({"widgets": [7]}, [("/widgets/0", "Should be object")]),
        (
            {"widgets": [], "periodOverride": "x"},
            [("/periodOverride", "Should be equal to one of the allowed values: auto, inherit")],
        ),
        (
            {"widgets": [], "end": "2018-12-17T06:00:00.000Z"},
            [("", "Should have property start when property end is present")],
        ),
        ({"widgets": [], "start": "-P3M"}, []),
        ({"widgets": [], "start": "-P1W"}, []),
        ({"widgets": [], "start": "-PT5M"}, []),
        ({"widgets": [], "start": "2018-12-17T06:00:00.000Z", "end": "2018-12-18T06:00:00.000Z"}, []),
    ],
)
def test_top_level(body: Any, messages: list[tuple[str, str]]) -> None:
    """ "The top level of the JSON object can include the following properties": widgets, times, periodOverride."""
    assert said(body) == messages


@pytest.mark.parametrize("start", ["PT6H", "-P", "-PT", "-P6H", "-PT3D", "yesterday", 7, "2018-13-01T00:00:00Z"])
def test_false_starts(start: Any) -> None:
    """ "start must begin with -PT if you specify a time range in minutes or hours, ... -P ... in days, weeks, or
    months".
    """
    assert [path for path, _ in said({"widgets": [], "start": start})] == ["/start"]


def test_a_time_range_with_an_end_is_absolute() -> None:
    """ "For each of these values, specify an absolute time in the ISO 8601 format"."""
    body = {"widgets": [], "start": "-PT6H", "end": "now"}
    assert [path for path, _ in said(body)] == ["/end", "/start"]


def test_at_most_500_widgets() -> None:
    """ "an array of between 0 and 500 widget objects"."""
    widget = {"type": "text", "properties": {"markdown": ""}}
    assert said({"widgets": [widget] * 500}) == []
    assert said({"widgets": [widget] * 501}) == [("/widgets", "Should NOT have more than 500 items")]


@pytest.mark.parametrize(
    ("members", "messages"),
    [
        ({"x": 23, "y": 0, "width": 24, "height": 1000}, []),
        ({"x": 24, "y": 0}, [("/widgets/0/x", "Should be <= 23")]),
        ({"x": -1, "y": 0}, [("/widgets/0/x", "Should be >= 0")]),
        ({"x": 1.5, "y": 0}, [("/widgets/0/x", "Should be integer")]),
        ({"x": True, "y": 0}, [("/widgets/0/x", "Should be integer")]),
        ({"x": 0, "y": -1}, [("/widgets/0/y", "Should be >= 0")]),
        ({"x": 0}, [("/widgets/0", "Should have property y when property x is present")]),
        ({"y": 0}, [("/widgets/0", "Should have property x when property y is present")]),
        ({"width": 0}, [("/widgets/0/width", "Should be >= 1")]),
        ({"width": 25}, [("/widgets/0/width", "Should be <= 24")]),
        ({"height": 1001}, [("/widgets/0/height", "Should be <= 1000")]),
        ({"height": "6"}, [("/widgets/0/height", "Should be integer")]),
    ],
)
def test_place_of_a_widget(members: dict[str, Any], messages: list[tuple[str, str]]) -> None:
    """x 0-23, y from 0, width 1-24, height 1-1000; x and y need each other ("Widgets Array Structure")."""
    assert of_widget("text", {"markdown": "x"}, **members) == messages


def test_types_of_widgets() -> None:
    """A type and properties are required; types that only AWS has are named."""
    assert said({"widgets": [{}]}) == [
        ("/widgets/0", "Should have required property 'type'"),
        ("/widgets/0", "Should have required property 'properties'"),
    ]
    at = "/widgets/0/type"
    assert of_widget("map", {}) == [
        (at, "Should be equal to one of the allowed values: alarm, custom, explorer, log, metric, text")
    ]
    missing = ("/widgets/0/properties", "Should have required property 'endpoint'")
    assert of_widget("custom", {}) == [missing]
    whole = {"endpoint": "arn:aws:lambda:us-east-1:123456789012:function:f", "params": {"a": 1}, "title": "t"}
    assert of_widget("custom", {**whole, "updateOn": {"refresh": True}}) == []
    assert of_widget("chart", {}) == [(at, "A widget of type chart is not supported here, only at AWS")]


@pytest.mark.parametrize(
    ("properties", "messages"),
    [
        ({"markdown": "x", "background": "transparent"}, []),
        ({}, [("", "Should have required property 'markdown'")]),
        ({"markdown": 7}, [("/markdown", "Should be string")]),
        (
            {"markdown": "x", "background": "red"},
            [("/background", "Should be equal to one of the allowed values: transparent, solid")],
        ),
        ([], [("", "Should be object")]),
    ],
)
def test_text_widget(properties: Any, messages: list[tuple[str, str]]) -> None:
    """ "Properties of a Text Widget Object"."""
    assert of_widget("text", properties) == [(f"/widgets/0/properties{path}", text) for path, text in messages]


@pytest.mark.parametrize(
    ("properties", "paths"),
    [
        ({"query": "SOURCE 'a' | fields @message", **REGION, "view": "table", "title": "x"}, []),
        ({"query": "SOURCE 'a' | stats count() by bin(5m)", **REGION, "view": "timeSeries"}, []),
        ({}, ["", ""]),
        ({"query": "SOURCE 'a'", **REGION, "view": "gauge"}, ["/view"]),
        ({"query": 7, **REGION}, ["/query"]),
        ({"query": "SOURCE 'a'", **REGION, "accountId": "me"}, ["/accountId"]),
    ],
)
def test_log_widget(properties: Any, paths: list[str]) -> None:
    """ "Properties of a Log Widget Object": region and query required, four views."""
    found = [path.removeprefix("/widgets/0/properties") for path, _ in of_widget("log", properties)]
    assert found == paths


def test_log_query_without_source_is_a_warning() -> None:
    """ "You must pre-pend each log group name with SOURCE": without, the widget would not render."""
    body = {"widgets": [{"type": "log", "properties": {"query": "fields @message", **REGION}}]}
    (found,) = validate_body(json.dumps(body))
    assert (found.path, found.warning) == ("/widgets/0/properties/query", True)


@pytest.mark.parametrize(
    ("properties", "paths"),
    [
        ({"alarms": ["arn"], "sortBy": "stateUpdatedTimestamp", "states": ["ALARM", "OK"], "title": "x"}, []),
        ({"alarms": ["arn"], "states": []}, []),
        ({}, [""]),
        ({"alarms": []}, ["/alarms"]),
        ({"alarms": ["arn"] * 101}, ["/alarms"]),
        ({"alarms": [1]}, ["/alarms/0"]),
        ({"alarms": ["arn"], "sortBy": "name"}, ["/sortBy"]),
        ({"alarms": ["arn"], "states": ["FINE"]}, ["/states/0"]),
    ],
)
def test_alarm_widget(properties: Any, paths: list[str]) -> None:
    """ "Properties of an Alarm Status Widget Object": 1-100 ARNs, three orders, three states."""
    found = [path.removeprefix("/widgets/0/properties") for path, _ in of_widget("alarm", properties)]
    assert found == paths


EXPLORED = {"metricName": "CPUUtilization", "resourceType": "AWS::EC2::Instance", "stat": "Average"}


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({}, []),
        ({"aggregateBy": {"key": "InstanceType", "func": "MAX"}, "splitBy": "AvailabilityZone", "period": 300}, []),
        ({"widgetOptions": {"legend": {"position": "bottom"}, "view": "pie", "rowsPerPage": 8, "stacked": True}}, []),
        ({"labels": None}, ["/labels"]),
        ({"labels": [{"value": "running"}]}, ["/labels/0"]),
        ({"metrics": []}, ["/metrics"]),
        ({"metrics": [EXPLORED] * 101}, ["/metrics"]),
        ({"metrics": [{**EXPLORED, "resourceType": "AWS::EC2::Moon"}]}, ["/metrics/0/resourceType"]),
        ({"metrics": [EXPLORED, {**EXPLORED, "resourceType": "AWS::SQS::Queue"}]}, ["/metrics"]),
        ({"aggregateBy": {"key": "x", "func": "MEDIAN"}}, ["/aggregateBy/func"]),
        ({"period": 90}, ["/period"]),
        ({"widgetOptions": {"view": "table"}}, ["/widgetOptions/view"]),
    ],
)
def test_explorer_widget(changes: dict[str, Any], paths: list[str]) -> None:
    """ "Properties of a Metrics Explorer Widget Object": labels and 1-100 metrics of one resource type."""
    properties = {"metrics": [EXPLORED], "labels": [{"key": "State", "value": "running"}], **changes}
    found = [path.removeprefix("/widgets/0/properties") for path, _ in of_widget("explorer", properties)]
    assert found == paths


AT = "/widgets/0/properties"


def test_metric_widget_without_a_source() -> None:
    """The three messages that CloudWatch has for it (in an issue of aws-solutions-library-samples)."""
    assert of_widget("metric", {"view": "timeSeries", **REGION}) == [
        (AT, "Should have required property 'metrics'"),
        (AT, "The metric widget should have specified a region and a data source or an alarm annotation"),
        (AT, "Should have required property 'annotations'"),
    ]


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"period": 30}, "/period"),
        ({"period": 90}, "/period"),
        ({"stat": "Median"}, "/stat"),
        ({"view": "map"}, "/view"),
        ({"stacked": "yes"}, "/stacked"),
        ({"sparkline": 1}, "/sparkline"),
        ({"liveData": None}, "/liveData"),
        ({"title": 7}, "/title"),
        ({"region": 7}, "/region"),
        ({"accountId": 123456789012}, "/accountId"),
        ({"timezone": "UTC"}, "/timezone"),
        ({"timezone": "+1:30"}, "/timezone"),
        ({"legend": {"position": "top"}}, "/legend/position"),
        ({"legend": "right"}, "/legend"),
        ({"yAxis": {"left": {"min": "0"}}}, "/yAxis/left/min"),
        ({"yAxis": {"right": {"showUnits": 1}}}, "/yAxis/right/showUnits"),
        ({"table": {"layout": "diagonal"}}, "/table/layout"),
        ({"table": {"summaryColumns": ["MEDIAN"]}}, "/table/summaryColumns/0"),
        ({"table": {"stickySummary": "no"}}, "/table/stickySummary"),
        ({"view": "gauge"}, ""),
        ({"view": "gauge", "yAxis": {"left": {"min": 0}}}, ""),
        ({"end": "2018-12-17T06:00:00.000Z"}, ""),
        ({"start": "-P7D", "end": "tomorrow"}, "/end"),
        ({"start": "P7D"}, "/start"),
        ({"annotations": {"horizontal": [{}]}}, "/annotations/horizontal/0"),
        ({"annotations": {"horizontal": [{"value": "20"}]}}, "/annotations/horizontal/0/value"),
        ({"annotations": {"horizontal": [{"value": 20, "fill": "after"}]}}, "/annotations/horizontal/0/fill"),
        ({"annotations": {"horizontal": [{"value": 20, "yAxis": "top"}]}}, "/annotations/horizontal/0/yAxis"),
        ({"annotations": {"horizontal": [{"value": 20, "color": "red"}]}}, "/annotations/horizontal/0/color"),
        ({"annotations": {"horizontal": [[{"value": 20}]]}}, "/annotations/horizontal/0"),
        ({"annotations": {"vertical": [{"value": 20}]}}, "/annotations/vertical/0/value"),
        (
            {"annotations": {"vertical": [{"value": "2018-08-28T15:25:26Z", "fill": "above"}]}},
            "/annotations/vertical/0/fill",
        ),
        ({"annotations": {"alarms": ["a", "b"], "vertical": []}, "metrics": []}, "/annotations/alarms"),
        ({"annotations": {"alarms": ["arn"]}}, ""),
        ({"annotations": {"alarms": ["arn"], "horizontal": [{"value": 1}]}, "metrics": []}, "/annotations"),
    ],
)
def test_metric_widget_with_a_mistake(properties: dict[str, Any], path: str) -> None:
    """ "Properties of a Metric Widget Object", its annotations, axes and table: one mistake, one message, its path."""
    assert [found for found, _ in of_metric(**properties)] == [f"{AT}{path}"]


@pytest.mark.parametrize(
    "properties",
    [
        {"stat": stat}
        for stat in ("SampleCount", "Average", "Sum", "Minimum", "Maximum", "p99", "p99.9", "tm90", "IQM", "PR(:300)")
    ]
    + [{"view": view} for view in ("timeSeries", "singleValue", "bar", "pie", "table")]
    + [
        {"view": "gauge", "yAxis": {"left": {"min": 0, "max": 100.5, "label": "x", "showUnits": False}}},
        {"timezone": "+0130", "period": 60, "sparkline": True, "stacked": True, "liveData": True, "start": "-PT3H"},
        {"start": "-P7D", "end": "P0D"},
        {"start": "-P0DT6H0M0S", "end": "-PT1H"},
        {"start": "2018-12-17T06:00:00.000Z", "end": "2018-12-18T06:00:00.000Z"},
        {"annotations": {"horizontal": [{"value": 20, "color": "#9467bd", "fill": "above", "yAxis": "right"}]}},
        {"annotations": {"horizontal": [[{"value": 200, "color": "#aaa"}, {"value": 95.5, "label": "Band bottom"}]]}},
        {"annotations": {"vertical": [{"value": "2018-08-28T15:25:26Z", "fill": "after", "visible": True}]}},
        {"annotations": {"vertical": [[{"value": "2018-08-27T15:25:26Z"}, {"value": "2018-08-28T15:25:26Z"}]]}},
        {
            "table": {
                "layout": "vertical",
                "summaryColumns": ["MIN", "MAX"],
                "stickySummary": True,
                "showTimeSeriesData": False,
            }
        },
    ],
)
def test_metric_widget_without_a_mistake(properties: dict[str, Any]) -> None:
    """What the page shows has no messages at all, no warnings either."""
    widget = {"type": "metric", "properties": {"metrics": [METRIC], **REGION, **properties}}
    assert validate_body(json.dumps({"widgets": [widget]})) == []


def test_alarm_instead_of_metrics() -> None:
    """ "If you specify an alarm annotation, you cannot also specify a metrics array": alone it needs none."""
    assert of_widget("metric", {"annotations": {"alarms": ["arn"]}, "title": "x"}) == []


@pytest.mark.parametrize(
    "metrics",
    [
        [["AWS/EC2", "CPUUtilization"]],
        [["AWS/EC2", "DiskReadBytes", "InstanceId", "i-xyz", {"yAxis": "right", "color": "#1f77b4", "visible": False}]],
        [
            ["AWS/EC2", "DiskReadBytes", "InstanceId", "i-xyz"],
            [".", ".", ".", "i-abc"],
            [".", ".", ".", "i-123", {"id": "m3"}],
        ],
        [["AWS/EC2", "DiskReadBytes", "InstanceId", "i-xyz"], ["...", "i-abc"], ["...", {"stat": "p99", "period": 60}]],
        [METRIC, [{"expression": "SUM(METRICS())", "label": "Sum", "id": "e3"}], ["...", "i-abc"]],
        [[{"expression": "SEARCH('{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\"', 'Average', 300)", "id": "e1"}]],
        [],
        [METRIC] * 500,
    ],
)
def test_metrics_of_the_page(metrics: list[Any]) -> None:
    """Metrics with and without dimensions, the shorthand, rendering properties, expressions: no messages."""
    assert of_metrics(*metrics) == []


ONE = f"{AT}/metrics/0"
NO_METRIC = (
    'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element'
)


@pytest.mark.parametrize(
    ("metrics", "messages"),
    [
        # these four as users of AWS have reported them
        ([{"expression": "m1"}], [(ONE, "Should be array")]),
        (
            [["AWS/Lambda", "Invocations", {"stat": "Sum"}, {"function": "f"}]],
            [(f"{ONE}/2", 'Invalid metric field type, only "String" type is allowed')],
        ),
        (
            [[None]],
            [(ONE, NO_METRIC)],
        ),
        (
            [["AWS/RDS", "CPUUtilization", {"dimensions": {}}]],
            [
                (ONE, "Should NOT have more than 2 items"),
                (f"{ONE}/2/dimensions", "Should NOT have additional properties"),
            ],
        ),
        (
            [[*METRIC, {"color": "red"}]],
            [
                (ONE, "Should NOT have more than 4 items"),
                (f"{ONE}/4/color", 'Should match pattern "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"'),
            ],
        ),
        ([["AWS/EC2"]], [(ONE, "Should NOT have less than 2 items")]),
        ([["AWS/EC2", "CPUUtilization", "InstanceId"]], [(ONE, 'The dimension "InstanceId" should have a value')]),
        ([["AWS/EC2", ""]], [(f"{ONE}/1", "Should NOT be shorter than 1 characters")]),
        ([[".", "CPUUtilization"]], [(ONE, 'The shorthand "." should repeat a field of the metric before')]),
        ([["...", "i-1"]], [(ONE, 'The shorthand "..." should come first, and repeat fields of the metric before')]),
        ([[{"label": "x"}]], [(f"{ONE}/0", "Should have required property 'expression'")]),
        (
            [[{"expression": "m1", "id": "E1"}]],
            [(f"{ONE}/0/id", 'Should match pattern "^[a-z][a-zA-Z0-9_]*$"')],
        ),
        (
            [[{"expression": 'SELECT MAX(a) FROM "b"'}], [{"expression": 'select MIN(a) FROM "b"'}]],
            [(f"{AT}/metrics", "Should NOT have more than 1 Metrics Insights query")],
        ),
        ([METRIC] * 501, [(f"{AT}/metrics", "Should NOT have more than 500 items")]),
    ],
)
def test_metrics_with_a_mistake(metrics: list[Any], messages: list[tuple[str, str]]) -> None:
    """CloudWatch's words for metrics that are none, and why beside where they don't say it."""
    assert of_metrics(*metrics) == messages


VARIABLE = {"type": "property", "property": "region", "inputType": "input", "id": "region"}
CHOSEN = {**VARIABLE, "inputType": "select", "values": [{"label": "IAD", "value": "us-east-1"}, {"value": 7}]}


@pytest.mark.parametrize(
    ("variable", "paths"),
    [
        ({**VARIABLE, "label": "Region", "defaultValue": "us-east-1", "visible": True}, []),
        ({**VARIABLE, "type": "pattern", "pattern": "us-east-1"}, []),
        ({**CHOSEN, "defaultValue": 7}, []),
        ({**VARIABLE, "inputType": "radio", "search": "{A,b}", "populateFrom": "b", "defaultValue": "__FIRST"}, []),
        ({}, ["", "", ""]),
        ({**VARIABLE, "type": "other"}, ["/type"]),
        ({"type": "pattern", "inputType": "input", "id": "x"}, [""]),
        ({**VARIABLE, "inputType": "slider"}, ["/inputType"]),
        ({**VARIABLE, "inputType": "select"}, ["", ""]),
        ({**VARIABLE, "id": "a b"}, ["/id"]),
        ({**VARIABLE, "id": "a" * 33}, ["/id"]),
        ({**VARIABLE, "label": "a" * 31}, ["/label"]),
        ({**VARIABLE, "defaultValue": "a" * 256}, ["/defaultValue"]),
        ({**VARIABLE, "search": "a" * 2049}, ["/search"]),
        ({**VARIABLE, "visible": "no"}, ["/visible"]),
        ({**CHOSEN, "values": []}, ["/values"]),
        ({**CHOSEN, "values": [{"value": "x"}] * 501}, ["/values"]),
        ({**CHOSEN, "values": [{"label": "x"}]}, ["/values/0"]),
        ({**CHOSEN, "values": [{"value": []}]}, ["/values/0/value"]),
        ({**CHOSEN, "defaultValue": "eu-west-1"}, ["/defaultValue"]),
    ],
)
def test_variables(variable: Any, paths: list[str]) -> None:
    """ "Variables Array Structure": types, input types, ids, labels, values and searches with their lengths."""
    found = [path.removeprefix("/variables/0") for path, _ in said({"widgets": [], "variables": [variable]})]
    assert found == paths


def test_at_most_25_variables() -> None:
    """ "it can contain between 0 and 25 variable objects"."""
    assert said({"widgets": [], "variables": [VARIABLE] * 25}) == []
    assert said({"widgets": [], "variables": [VARIABLE] * 26}) == [("/variables", "Should NOT have more than 25 items")]


NAMES = ["type", "properties", "metrics", "annotations", "horizontal", "value", "yAxis", "left", "widgets", "variables"]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["metric", "log", "text", ".", "..."])
)
JSON = st.recursive(
    SCALARS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=25,
)
KINDS = st.sampled_from(["metric", "log", "text", "alarm", "explorer"])
PROPERTY = [
    *("metrics", "annotations", "yAxis", "table", "legend", "region", "query", "alarms", "labels", "widgetOptions"),
    *("view", "start", "end", "aggregateBy", "period", "stat"),
]
WIDGETS = st.fixed_dictionaries(
    {"type": KINDS | JSON, "properties": st.dictionaries(st.sampled_from(PROPERTY), JSON, max_size=6)}
)
BODIES = st.fixed_dictionaries(
    {"widgets": st.lists(WIDGETS, max_size=3) | JSON},
    optional={"start": JSON, "end": JSON, "variables": st.lists(JSON, max_size=2), "periodOverride": JSON},
)


@given(st.one_of(st.text(), JSON.map(json.dumps), BODIES.map(json.dumps)))
def test_any_text_has_messages_or_none(text: str) -> None:
    """Any text and any JSON give messages with paths and words, never an exception."""
    for found in validate_body(text):
        assert found.text
        assert found.path == "" or found.path.startswith("/")
