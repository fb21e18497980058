"""What `make check` finds: nothing in the templates, and every kind of fault in a copy that has it."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deployment.checks import (
    CHECKS,
    RULES,
    Case,
    access_logs_wrong,
    cfn_lint_finds,
    checkov_finds,
    gateway_responses_wrong,
    permissions_wrong,
    promises_broken,
    sam_validates,
)
from deployment.errors import NotAskedError, ToolError
from deployment.tools import Tools
from tests.deployment.conftest import NESTED, TEMPLATE, Changed

# The tools take seconds, and more of them on a machine that does other things too.
pytestmark = [pytest.mark.xdist_group("deployment"), pytest.mark.timeout(600)]

Change = Callable[[dict[str, Any]], Any]


def properties(template: Any, kind: str) -> Any:
    """Those of the first resource of this type."""
    return next(part["Properties"] for part in template["Resources"].values() if part["Type"] == kind)


@pytest.mark.parametrize("name", CHECKS)
def test_templates_pass(case: Case, name: str) -> None:
    """The templates of this repository pass every check."""
    try:
        assert list(CHECKS[name](case)) == []
    except NotAskedError as error:
        pytest.skip(str(error))


def test_tool_that_is_not_to_be_had_is_told(case: Case, tmp_path: Path) -> None:
    """Without cfn-guard its check says that it was not asked, and why: it never passes in silence."""
    python = tmp_path / ".venv-check/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(NotAskedError, match="cfn-guard-rs has no wheel for this Python"):
        list(promises_broken(Case(case.source, case.nested, Tools(tmp_path, {}))))


def drop(kind: str, *path: str) -> Change:
    def change(template: dict[str, Any]) -> None:
        place = properties(template, kind)
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]

    return change


def put(kind: str, value: Any, *path: str | int) -> Change:
    def change(template: dict[str, Any]) -> None:
        place = properties(template, kind)
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = value

    return change


def role_statement(**changes: Any) -> Change:
    """The first statement of the function's role, with these members."""

    def change(template: dict[str, Any]) -> None:
        policy = template["Resources"]["ItemsRole"]["Properties"]["Policies"][0]["PolicyDocument"]
        policy["Statement"][0].update(changes)

    return change


def managed_policy(template: dict[str, Any]) -> None:
    template["Resources"]["ItemsRole"]["Properties"]["ManagedPolicyArns"] = [
        "arn:aws:iam::aws:policy/AdministratorAccess"
    ]


def loose_policy(template: dict[str, Any]) -> None:
    document = {"Version": "2012-10-17", "Statement": []}
    policy = {"PolicyName": "loose", "PolicyDocument": document, "Roles": [{"Ref": "ItemsRole"}]}
    template["Resources"]["Loose"] = {"Type": "AWS::IAM::Policy", "Properties": policy}


def table_goes(template: dict[str, Any]) -> None:
    template["Resources"]["ItemsTable"]["DeletionPolicy"] = "Delete"


STAGE, FUNCTION, TABLE, TOPIC = (
    "AWS::ApiGateway::Stage",
    "AWS::Lambda::Function",
    "AWS::DynamoDB::Table",
    "AWS::SNS::Topic",
)
BROKEN: list[tuple[str, Change]] = [
    ("logs_expire", drop("AWS::Logs::LogGroup", "RetentionInDays")),
    ("functions_log_to_a_group_of_ours", drop(FUNCTION, "LoggingConfig", "LogGroup")),
    ("functions_log_to_a_group_of_ours", put(FUNCTION, "Text", "LoggingConfig", "LogFormat")),
    ("data_is_encrypted", put(TABLE, False, "SSESpecification", "SSEEnabled")),
    ("data_is_encrypted", drop(TABLE, "SSESpecification")),
    ("data_can_be_restored", drop(TABLE, "PointInTimeRecoverySpecification")),
    ("data_can_be_restored", table_goes),
    ("topics_are_encrypted", drop(TOPIC, "KmsMasterKeyId")),
    ("topics_are_encrypted", put(TOPIC, "alias/aws/sns", "KmsMasterKeyId")),
    ("keys_rotate", put("AWS::KMS::Key", False, "EnableKeyRotation")),
    ("requests_are_traced", put(FUNCTION, "PassThrough", "TracingConfig", "Mode")),
    ("requests_are_traced", drop(FUNCTION, "TracingConfig")),
    ("stages_are_traced", put(STAGE, False, "TracingEnabled")),
    ("stages_are_logged_measured_and_throttled", drop(STAGE, "AccessLogSetting")),
    ("stages_are_logged_measured_and_throttled", drop(STAGE, "MethodSettings")),
    ("stages_are_logged_measured_and_throttled", put(STAGE, False, "MethodSettings", 0, "MetricsEnabled")),
    ("stages_are_logged_measured_and_throttled", put(STAGE, True, "MethodSettings", 0, "DataTraceEnabled")),
    ("roles_name_their_actions", role_statement(Action=["dynamodb:*"])),
    ("roles_name_their_actions", role_statement(Action="*")),
    ("roles_name_their_actions", role_statement(NotAction=["iam:PassRole"])),
    ("roles_name_their_actions", role_statement(NotResource="arn:aws:s3:::x")),
    ("roles_name_their_actions", managed_policy),
    ("roles_name_their_resources", role_statement(Resource="*")),
    ("policies_are_in_their_roles", loose_policy),
    ("keys_and_topics_name_their_actions", put("AWS::KMS::Key", ["kms:*"], "KeyPolicy", "Statement", 0, "Action")),
    (
        "keys_and_topics_name_their_actions",
        put("AWS::SNS::TopicPolicy", "sns:*", "PolicyDocument", "Statement", 0, "Action"),
    ),
    (
        "keys_and_topics_name_their_actions",
        put("AWS::SNS::TopicPolicy", "*", "PolicyDocument", "Statement", 0, "Principal"),
    ),
    (
        "deployments_go_back_by_themselves",
        put("AWS::CodeDeploy::DeploymentGroup", False, "AutoRollbackConfiguration", "Enabled"),
    ),
    ("deployments_go_back_by_themselves", drop("AWS::CodeDeploy::DeploymentGroup", "AlarmConfiguration")),
]
BROKEN_ALARMS: list[tuple[str, Change]] = [
    ("alarms_reach_somebody", drop("AWS::CloudWatch::Alarm", "AlarmActions")),
    ("alarms_reach_somebody", put("AWS::CloudWatch::Alarm", [], "AlarmActions")),
    ("alarms_reach_somebody", put("AWS::CloudWatch::Alarm", False, "ActionsEnabled")),
    ("alarms_have_a_runbook", drop("AWS::CloudWatch::Alarm", "AlarmDescription")),
    ("alarms_have_a_runbook", put("AWS::CloudWatch::Alarm", "It is slow.", "AlarmDescription")),
    ("alarms_have_a_runbook", put("AWS::CloudWatch::Alarm", {"Ref": "RunbookUrl"}, "AlarmDescription")),
]


def rules_found(found: Iterator[str]) -> list[str]:
    return [sentence.split(": ")[1] for sentence in found]


@pytest.mark.parametrize(("rule", "change"), BROKEN)
@pytest.mark.usefixtures("guard")
def test_broken_promise_is_found(tools: Tools, expanded: Any, monitoring: Any, rule: str, change: Change) -> None:
    """A template that breaks one of our promises is refused by that rule, and by no other."""
    change(expanded)
    assert rules_found(promises_broken(Changed(tools, expanded, monitoring))) == [rule]


@pytest.mark.parametrize(("rule", "change"), BROKEN_ALARMS)
@pytest.mark.usefixtures("guard")
def test_alarm_that_helps_nobody_is_found(
    tools: Tools, expanded: Any, monitoring: Any, rule: str, change: Change
) -> None:
    """An alarm without an action that is switched on, or without a section of the runbook in its words, is refused."""
    change(monitoring)
    assert rules_found(promises_broken(Changed(tools, expanded, monitoring))) == [rule]


@pytest.mark.usefixtures("guard")
def test_composite_alarms_promise_the_same(tools: Tools, expanded: Any, monitoring: Any) -> None:
    """A composite alarm needs an action and a runbook as well."""
    rule = {"AlarmName": "c", "AlarmRule": 'ALARM("a")'}
    monitoring["Resources"]["Bare"] = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": rule}
    found = list(promises_broken(Changed(tools, expanded, monitoring)))
    assert rules_found(iter(found)) == ["alarms_reach_somebody", "alarms_have_a_runbook"]
    assert all(sentence.endswith("(Bare)") for sentence in found)


@pytest.mark.usefixtures("guard")
def test_alarm_that_a_composite_names_may_be_silent(tools: Tools, expanded: Any, monitoring: Any) -> None:
    """Windows of a burn rate notify by the composite alarm that joins them; unjoined, they would notify nobody."""
    assert list(promises_broken(Changed(tools, expanded, monitoring))) == []
    del monitoring["Resources"]["Both"]
    [found] = promises_broken(Changed(tools, expanded, monitoring))
    assert found == "nested: alarms_reach_somebody: an alarm has no action (Slow, Named)"


def test_every_rule_is_tried() -> None:
    """Each rule of promises.guard has a template here that breaks it."""
    rules = set(re.findall(r"^rule (\w+)", RULES.read_text(), re.MULTILINE))
    assert rules == {rule for rule, _ in [*BROKEN, *BROKEN_ALARMS]}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"Action": ["dynamodb:GetItm"]}, "ItemsRole.items: UNKNOWN_ACTION: Unknown action dynamodb:GetItm"),
        ({"Resource": "arn:aws:s3:::bucket"}, "ItemsRole.items: RESOURCE_MISMATCH: "),
        ({"Resource": "*"}, "ItemsRole.items: RESOURCE_STAR: "),
        ({"Effect": "Permit"}, "ItemsRole.items: MALFORMED: "),
    ],
)
def test_wrong_permission_is_found(
    tools: Tools, expanded: Any, monitoring: Any, changes: dict[str, Any], found: str
) -> None:
    """A misspelt action, a resource that the action cannot have, a wildcard: named with their policy."""
    role_statement(**changes)(expanded)
    sentences = list(permissions_wrong(Changed(tools, expanded, monitoring)))
    assert sentences
    assert all(sentence.startswith(found) for sentence in sentences)


def test_permission_skipped_for_nothing_is_found(tools: Tools, expanded: Any, monitoring: Any) -> None:
    """A skip whose finding is gone is told: the list holds nothing that is not needed."""
    for statement in properties(expanded, "AWS::KMS::Key")["KeyPolicy"]["Statement"]:
        statement["Resource"] = "arn:aws:kms:us-east-1:123456789012:key/1"
    assert list(permissions_wrong(Changed(tools, expanded, monitoring))) == [
        "AlarmKey.KeyPolicy: RESOURCE_STAR is skipped and no longer there"
    ]


def test_what_checkov_finds_is_told(tools: Tools, expanded: Any, monitoring: Any) -> None:
    """A fault that no skip names is told with its resource; a skip that finds nothing any more is told too."""
    drop("AWS::DynamoDB::Table", "PointInTimeRecoverySpecification")(expanded)
    put("AWS::DynamoDB::Table", "KMS", "SSESpecification", "SSEType")(expanded)
    put("AWS::DynamoDB::Table", "arn:aws:kms:us-east-1:1:key/1", "SSESpecification", "KMSMasterKeyId")(expanded)
    found = list(checkov_finds(Changed(tools, expanded, monitoring)))
    assert [sentence.split(": ")[:2] for sentence in found[:1]] == [["AWS::DynamoDB::Table.ItemsTable", "CKV_AWS_28"]]
    assert found[1:] == ["CKV_AWS_119 is skipped and no longer there"]


def test_linters_read_source_nested_and_expanded(tools: Tools, tmp_path: Path, expanded: Any, monitoring: Any) -> None:
    """cfn-lint names file and line of a property that no such resource has, in each of the three."""
    source, nested = tmp_path / "sam_template.yaml", tmp_path / "monitoring.json"
    (tmp_path / "dashboards/generated").mkdir(parents=True)
    (tmp_path / "dashboards/generated/monitoring.json").write_text(NESTED.read_text())
    source.write_text(TEMPLATE.read_text().replace("BillingMode: PAY", "BilingMode: PAY"))
    nested.write_text(json.dumps(monitoring).replace('"AlarmName"', '"AlarmTitle"'))
    expanded["Resources"]["ItemsTable"]["Properties"]["Colour"] = "blue"
    case = Case(source, nested, tools)
    case.__dict__["expanded"] = expanded
    found = list(cfn_lint_finds(case))
    for place, word in ((str(source), "BilingMode"), (str(nested), "AlarmTitle"), ("expanded.json", "Colour")):
        assert any(place in sentence and "E3002" in sentence and word in sentence for sentence in found)


def test_sam_refuses_what_it_cannot_read(tools: Tools, tmp_path: Path) -> None:
    """A template that SAM takes for none of its own fails with SAM's words."""
    source = tmp_path / "sam_template.yaml"
    source.write_text(TEMPLATE.read_text().replace("      Handler: service.handler.lambda_handler\n", ""))
    [found] = sam_validates(Case(source, NESTED, tools))
    assert "Handler" in found


def test_access_log_and_gateway_responses_are_looked_at(tools: Tools, expanded: Any, monitoring: Any) -> None:
    """The expanded template's own: a variable of HTTP APIs, and a document that is none."""
    setting = properties(expanded, STAGE)["AccessLogSetting"]
    setting["Format"] = setting["Format"].replace("$context.integration.error", "$context.integrationErrorMessage")
    body = properties(expanded, "AWS::ApiGateway::RestApi")["Body"]["x-amazon-apigateway-gateway-responses"]
    body["THROTTLED"]["responseTemplates"]["application/json"] = "Slow down"
    case = Changed(tools, expanded, monitoring)
    assert list(access_logs_wrong(case)) == [
        "ItemsApiStage: $context.integrationErrorMessage is no variable of a REST API's access log"
    ]
    assert list(gateway_responses_wrong(case)) == ["ItemsApi: THROTTLED is no JSON"]


def test_tool_that_fails_says_why(tools: Tools, tmp_path: Path) -> None:
    """A tool that answers no JSON, or isn't there, is an error with its words, never a check that finds nothing."""
    (tmp_path / "broken.yaml").write_text("Resources: [")
    with pytest.raises(ToolError, match=r"broken.yaml: not YAML"):
        tools.module(".venv-sam", "expansion", str(tmp_path / "broken.yaml"))
    with pytest.raises(ToolError, match="`make check` installs it"):
        Tools(tmp_path, {}).run(".venv-sam", "sam", [])


def test_tools_leave_nothing_behind(tmp_path: Path) -> None:
    """SAM leaves folders where temporary files go: it has a place of its own for them, which is gone after it."""
    program = tmp_path / ".venv-sam/bin/sam"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nmktemp -d\n")
    program.chmod(0o755)
    made = Path(Tools(tmp_path, {"PATH": os.environ["PATH"]}).run(".venv-sam", "sam", []).stdout.strip())
    assert made.name.startswith("tmp.")
    assert made.parent.name.startswith("glasshouse-")
    assert not made.parent.exists()
