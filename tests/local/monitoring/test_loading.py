from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import botocore.session
import pytest

from local.aws.composition import SCHEMAS, compose
from local.aws.parts import Parts, Place
from local.database import Database
from local.endpoint.call import Call
from local.monitoring.typed import typed
from tests.local.viewer.laptop import ROOT, NoStack

if TYPE_CHECKING:
    from local.aws.asking import StackCalls

TEMPLATE = """
Parameters:
  Stage: { Type: String, Default: dev }
  Limit: { Type: Number, Default: 5 }
Resources:
  Topic: { Type: AWS::SNS::Topic }
  Lines: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /lines } }
  Errors:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Lines
      FilterPattern: "{ $.level = \\"ERROR\\" }"
      MetricTransformations:
        - { MetricName: Errors, MetricNamespace: N, MetricValue: "1", Dimensions: [{ Key: service, Value: $.service }] }
  Both:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties: { AlarmName: both, AlarmRule: !Sub 'ALARM("${High}") AND ALARM("${Inner}")' }
  Inner:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties: { AlarmName: inner, AlarmRule: !Sub 'OK("${High}")' }
  High:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub "${Stage}-high"
      AlarmActions: [!Ref Topic]
      Namespace: N
      MetricName: Errors
      Statistic: Sum
      Period: "60"
      EvaluationPeriods: "1"
      Threshold: !Ref Limit
      ComparisonOperator: GreaterThanThreshold
  Saved: { Type: AWS::Logs::QueryDefinition, Properties: { Name: saved, QueryString: "limit 1" } }
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties: { DashboardName: board, DashboardBody: '{"widgets": []}' }
  Odd: { Type: AWS::CloudWatch::AnomalyDetector }
"""

Compose = Callable[[Path], tuple[Parts, list[str]]]


@pytest.fixture
def composed(tmp_path: Path) -> Iterator[Compose]:
    opened: list[Database] = []

    def make(template: Path) -> tuple[Parts, list[str]]:
        told: list[str] = []
        database = Database(tmp_path / "aws.sqlite3", SCHEMAS)
        opened.append(database)
        place = Place(tmp_path, template, {}, 1)
        return compose(place, database, cast("StackCalls", NoStack()), told.append), told

    yield make
    for database in opened:
        database.close()


def ask(parts: Parts, service: str, operation: str, **parameters: Any) -> Any:
    return parts.services[service][operation].run(Call(service, operation, parameters))


def test_a_template_is_loaded(composed: Compose, tmp_path: Path) -> None:
    """Text becomes the number that the API wants, a topic's Ref its ARN, a composite waits for its children."""
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    parts, told = composed(template)
    parts.start()
    counts = "1 topics, 1 log groups, 1 metric filters, 1 queries, 1 dashboards, 1 alarms, 2 composite alarms"
    assert told == [f"monitoring {counts}: loaded from template.yaml"]
    described = ask(parts, "cloudwatch", "DescribeAlarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    (high,) = described["MetricAlarms"]
    assert (high["AlarmName"], high["Threshold"], high["Period"]) == ("dev-high", 5.0, 60)
    assert high["AlarmActions"] == ["arn:aws:sns:us-east-1:123456789012:Topic"]
    assert [alarm["AlarmName"] for alarm in described["CompositeAlarms"]] == ["both", "inner"]
    (errors,) = ask(parts, "logs", "DescribeMetricFilters")["metricFilters"]
    assert errors["filterName"] == "Errors"
    assert errors["metricTransformations"][0]["dimensions"] == {"service": "$.service"}


def test_nothing_is_made_twice(composed: Compose, tmp_path: Path) -> None:
    """The next start finds what the last one made: a saved query is changed, not doubled."""
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    parts, told = composed(template)
    parts.start()
    parts.start()
    assert [found["name"] for found in ask(parts, "logs", "DescribeQueryDefinitions")["queryDefinitions"]] == ["saved"]
    assert told[0] == told[1]


def test_what_can_not_be_loaded_is_named(composed: Compose, tmp_path: Path) -> None:
    """Its logical id and why; the others are loaded all the same."""
    template = tmp_path / "template.yaml"
    bad = '  Bad: { Type: AWS::CloudWatch::Dashboard, Properties: { DashboardName: bad, DashboardBody: "{}" } }\n'
    far = "  Far: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: https://s3/x.json } }\n"
    template.write_text(TEMPLATE + bad + far)
    parts, told = composed(template)
    parts.start()
    assert "not loaded Far: its TemplateURL https://s3/x.json is not a file beside template.yaml" in told
    assert any(line.startswith("not loaded Bad: ") and "widgets" in line for line in told)
    assert any("1 dashboards" in line for line in told)


def test_a_template_that_is_gone_is_named(composed: Compose, tmp_path: Path) -> None:
    """The AWS process serves all the same."""
    parts, told = composed(tmp_path / "none.yaml")
    parts.start()
    assert told[0].startswith("not loaded ")
    assert "none.yaml" in told[0]


def test_the_projects_own_template_is_loaded_whole(composed: Compose) -> None:
    """All that dashboards/generated/monitoring.json has: nothing is left out on the laptop."""
    parts, told = composed(ROOT / "sam_template.yaml")
    parts.start()
    loaded, sampling = told
    assert "5 dashboards" in loaded
    assert "1 trace groups, 1 sampling rules" in loaded
    assert sampling == "sampling   rules are for who asks X-Ray for them; the gateway here traces every request"
    names = [entry["DashboardName"] for entry in ask(parts, "cloudwatch", "ListDashboards")["DashboardEntries"]]
    assert "items-dev-service" in names


@pytest.mark.parametrize(
    ("value", "typed_value"),
    [
        ({"Threshold": "0.5"}, {"Threshold": 0.5}),
        ({"EvaluationPeriods": "3", "ActionsEnabled": "true"}, {"EvaluationPeriods": 3, "ActionsEnabled": True}),
        ({"AlarmName": 7, "Nothing": "1"}, {"AlarmName": "7", "Nothing": "1"}),
        ({"Threshold": "many"}, {"Threshold": "many"}),
        ({"Dimensions": [{"Name": "a", "Value": 1}]}, {"Dimensions": [{"Name": "a", "Value": "1"}]}),
    ],
)
def test_values_become_what_the_shape_wants(value: dict[str, Any], typed_value: dict[str, Any]) -> None:
    """As CloudFormation converts them; what it can't stays, for the API to refuse."""
    model = botocore.session.get_session().get_service_model("cloudwatch")
    shape = model.operation_model("PutMetricAlarm").input_shape
    assert shape is not None
    assert typed(value, shape) == typed_value
