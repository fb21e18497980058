"""PURE: examples of AWS's languages, one for each feature that a parser and no table decides about.

Each is as its AWS page writes it: "CloudWatch statistics definitions", "CloudWatch search expression syntax", "Metrics
Insights query components and syntax", "PutMetricAlarm", "Filter pattern syntax ...", "CloudWatch Logs Insights language
query syntax", "Using filter expressions".
"""

from collections.abc import Mapping
from typing import Any

STATISTICS = (
    "SampleCount", "Average", "Sum", "Minimum", "Maximum", "p99", "p99.9", "tm90", "TM(10%:90%)", "TM(150:1000)",
    "wm98", "WM(10%:90%)", "tc90", "TC(0.005:0.030)", "ts80", "TS(80%:)", "IQM", "PR(:300)", "PR(100:2000)",
)  # fmt: skip
SEARCHES = (
    '{AWS/Lambda,FunctionName} MetricName="Errors"',
    "{AWS/Lambda,FunctionName} Errors OR Throttles",
    "{AWS/Lambda,FunctionName} Errors AND NOT staging",
    'Namespace="AWS/Lambda" (Errors OR Throttles)',
    '"exact words"',
    ':aws.AccountId="123456789012" Errors',
)
SELECTS = (
    'SELECT AVG(Latency) FROM "Shop"',
    'SELECT MAX(Latency) FROM SCHEMA("Shop", service, route)',
    "SELECT SUM(Requests) FROM SCHEMA(\"Shop\", service) WHERE service = 'items' AND route != '/a'",
    'SELECT SUM(Requests) FROM SCHEMA("Shop", service) GROUP BY service ORDER BY SUM() DESC LIMIT 5',
    'SELECT SUM(Requests) FROM "Shop" GROUP BY tag.team',
    'SELECT SUM(Requests) FROM "Shop" GROUP BY AWS.AccountId',
)
FILTER_PATTERNS = (
    "ERROR",
    "ERROR timeout",
    '"two words"',
    "?ERROR ?WARN",
    "ERROR -timeout",
    "%ERR[A-Z]+%",
    '{ $.level = "ERROR" }',
    '{ $.user.name != "a*" }',
    "{ $.status >= 500 && $.route = %^/api/% }",
    "{ ($.a = 1) || ($.b IS NULL) }",
    "{ $.a IS TRUE }",
    "{ $.a NOT EXISTS }",
    "{ $.items[0].id = 1 }",
    "[ip, user, time, request, status = 5*, size > 1000]",
    "[..., status = 404 || status = 410]",
)
INSIGHTS = (
    "fields @timestamp, @message, strlen(@message) as length",
    "display @timestamp",
    'filter level = "ERROR" and (status >= 500 or not ispresent(route))',
    "filter @message like /time.?out/",
    "filter @message not like 'fine'",
    "filter status in [500, 503]",
    "stats count(*) as n, avg(duration) by route, bin(5m)",
    "stats count(*) by route offset 1d",
    "sort @timestamp desc, route asc",
    "limit 20",
    "dedup route",
    "parse @message 'user=* took * ms' as who, took",
    "parse @message /user=(?<who>\\S+)/",
    "unnest items into item",
)
TRACES = (
    "ok",
    "!fault",
    "responsetime > 5 AND duration <= 8",
    'http.url CONTAINS "/api/" OR http.status != 200',
    'annotation.route = "/a"',
    "annotation[tenant] = 7",
    'service("items") { fault }',
    'service(id(name: "items", type: "AWS::Lambda::Function")) { responsetime > 2 }',
    'edge("a", "b") { error }',
    'edge(id(name: "a"), id(name: "b"))',
    'rootcause.fault.service { name = "items" }',
    'rootcause.error.exception { message CONTAINS "late" }',
    'rootcause.responsetime.entity { name = "items" }',
    'group.name = "slow"',
    'user = "me"',
)

_BOUND: Mapping[str, Any] = {
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 3,
    "Threshold": 1.0,
}
_METRIC: Mapping[str, Any] = {**_BOUND, "Namespace": "Shop", "MetricName": "Latency", "Period": 60}
_SUM: Mapping[str, Any] = {**_METRIC, "Statistic": "Sum"}
_STAT: Mapping[str, Any] = {"Metric": {"Namespace": "Shop", "MetricName": "Latency"}, "Period": 60, "Stat": "Sum"}
_M1: Mapping[str, Any] = {"Id": "m1", "MetricStat": _STAT, "ReturnData": False}
_ARN = "arn:aws:{}:us-east-1:123456789012:{}"


def _on_math(expression: str) -> Mapping[str, Any]:
    return {**_BOUND, "Metrics": [_M1, {"Id": "e1", "Expression": expression, "Period": 60}]}


ALARMS: Mapping[str, Mapping[str, Any]] = {
    "a statistic of a metric": _SUM,
    "a percentile, with EvaluateLowSampleCountPercentile": {
        **_METRIC,
        "ExtendedStatistic": "p99",
        "EvaluateLowSampleCountPercentile": "ignore",
    },
    "a period of 10 seconds": {**_SUM, "Period": 10},
    "M of N datapoints": {**_SUM, "DatapointsToAlarm": 2},
    **{
        f"missing data is `{treatment}`": {**_SUM, "TreatMissingData": treatment}
        for treatment in ("missing", "notBreaching", "breaching", "ignore")
    },
    "metric math": _on_math("m1 * 2"),
    "a Metrics Insights query": _on_math('SELECT AVG(Latency) FROM "Shop"'),
    "a Metrics Insights query with GROUP BY": _on_math('SELECT AVG(Latency) FROM "Shop" GROUP BY service'),
    "anomaly detection (ThresholdMetricId)": {**_SUM, "ThresholdMetricId": "e1"},
    "anomaly detection (ANOMALY_DETECTION_BAND)": _on_math("ANOMALY_DETECTION_BAND(m1)"),
    "a metric of another account (AccountId)": {**_BOUND, "Metrics": [{**_M1, "AccountId": "210987654321"}]},
    "a composite alarm": {"AlarmRule": "ALARM(a1) AND NOT (OK(a2) OR INSUFFICIENT_DATA(a3))"},
    "a composite alarm with AT_LEAST": {"AlarmRule": "AT_LEAST(2, ALARM, (a1, a2, a3))"},
    "a composite alarm with a suppressor": {
        "AlarmRule": "ALARM(a1)",
        "ActionsSuppressor": "a2",
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 60,
    },
    **{
        f"action: {what}": {**_SUM, "AlarmActions": [_ARN.format(service, rest)]}
        for what, service, rest in (
            ("an SNS topic", "sns", "alarms"),
            ("a Lambda function", "lambda", "function:f"),
            ("Auto Scaling", "autoscaling", "scalingPolicy:p"),
            ("EC2", "automate", "ec2:stop"),
            ("Systems Manager OpsItem", "ssm", "opsitem:1"),
            ("Systems Manager incident", "ssm-incidents", "response-plan/r"),
        )
    },
}
