"""The template as SAM expands it, and the tools that look at it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from deployment.checks import Case
from deployment.tools import ROOT, Tools

TEMPLATE, NESTED = ROOT / "sam_template.yaml", ROOT / "dashboards/generated/monitoring.json"


@pytest.fixture(scope="session")
def tools() -> Tools:
    return Tools(ROOT, dict(os.environ))


@pytest.fixture(scope="session")
def case(tools: Tools) -> Case:
    """The templates as they are."""
    return Case(TEMPLATE, NESTED, tools)


@pytest.fixture(scope="session")
def guard(tools: Tools) -> None:
    """Skips where cfn-guard is not to be had (Python 3.13): `make check` says so there."""
    if tools.run(".venv-check", "python", ["-c", "import cfn_guard_rs"]).returncode:
        pytest.skip("no cfn-guard-rs for this Python")


@pytest.fixture
def expanded(case: Case) -> Any:
    """A copy of the expanded template, to be changed."""
    return json.loads(json.dumps(case.expanded))


@pytest.fixture
def monitoring() -> Any:
    """A nested template as it should be: an alarm that speaks, and two that a composite one speaks for."""
    said = {"Fn::Sub": "It is slow: ${RunbookUrl}#latency"}
    speaks = {"AlarmDescription": said, "AlarmActions": [{"Ref": "AlarmTopicArn"}]}
    metric = {
        "Namespace": "n",
        "MetricName": "m",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    rule = {"Fn::Sub": 'ALARM("${Slow}") AND NOT OK(a-name)'}
    alarms = {
        "Alarm": ("Alarm", {**metric, **speaks, "AlarmName": "alone"}),
        "Slow": ("Alarm", {**metric, "AlarmName": {"Fn::Sub": "slow-${Stage}"}, "AlarmDescription": said}),
        "Named": ("Alarm", {**metric, "AlarmName": "a-name", "AlarmDescription": said}),
        "Both": ("CompositeAlarm", {"AlarmName": "both", "AlarmRule": rule, **speaks}),
    }
    parameters = ("Stage", "AlarmTopicArn", "RunbookUrl")
    return {
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": {
            name: {"Type": f"AWS::CloudWatch::{kind}", "Properties": properties}
            for name, (kind, properties) in alarms.items()
        },
    }


class Changed(Case):
    """The case with other templates in place of those read: set as its cached properties are."""

    def __init__(self, tools: Tools, expanded: Any, monitoring: Any) -> None:
        super().__init__(Path("sam_template.yaml"), Path("monitoring.json"), tools)
        self.__dict__.update(expanded=expanded, monitoring=monitoring)
