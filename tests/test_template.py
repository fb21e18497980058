"""sam_template.yaml: what the function, its table and its permissions are, as a person would check them."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import observability.settings
import service.settings
from local.api_gateway import Throttle
from local.template import read_application
from observability.settings import table

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "sam_template.yaml"


def document() -> dict[str, Any]:
    """The template as written; an intrinsic function stands as its short form's text."""

    class Loader(yaml.SafeLoader):
        pass

    def written(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return f"!{suffix} {node.value}"
        return [f"!{suffix}", *loader.construct_sequence(node)]  # type: ignore[arg-type] # no tag of ours takes a mapping

    Loader.add_multi_constructor("!", written)
    found: dict[str, Any] = yaml.load(TEMPLATE.read_text(), Loader=Loader)  # noqa: S506 (a SafeLoader)
    return found


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = document()["Resources"]
    return found


def test_every_variable_is_one_that_is_read(resources: dict[str, Any]) -> None:
    """A variable of the function that no settings table knows is a typo, or dead."""
    known = {row.variable for row in [*table(service.settings.Settings), *table(observability.settings.Settings)]}
    variables = resources["ItemsFunction"]["Properties"]["Environment"]["Variables"]
    assert set(variables) - known == set()
    assert {"ITEMS_TABLE", "ITEMS_DATABASE", "AUTH_MODE", "CORS_ORIGINS", "STAGE"} <= set(variables)


def test_variables_as_deployed_are_accepted() -> None:
    """The service starts with what the template gives by default: every empty parameter means unset."""
    endpoint = {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1"}
    variables = read_application(TEMPLATE, {}, endpoint).function.environment
    settings = service.settings.Settings.from_env(variables)
    assert settings.store.table == "ItemsTable"
    assert settings.auth.mode.value == "off"
    assert settings.cors.origins == ()
    assert settings.app.name == "items"


def test_defaults_are_the_recommended_ones() -> None:
    """512 MB, 10 s (API Gateway waits 29), at most 10 sandboxes, none kept warm, Python 3.13, traced, JSON logs."""
    function = read_application(TEMPLATE, {}, {}).function
    assert (function.memory_mb, function.timeout_s) == (512, 10.0)
    assert (function.reserved_concurrency, function.provisioned_concurrency) == (10, 0)
    assert (function.handler, function.runtime) == ("service.handler.lambda_handler", "python3.13")
    assert (function.tracing, function.log_format) == (True, "JSON")


def test_parameters_reach_the_function() -> None:
    """Memory, time-out and concurrency follow the parameters; -1 is no bound at all."""
    given = {"MemorySize": "1769", "Timeout": "28", "ReservedConcurrency": "-1", "ProvisionedConcurrency": "5"}
    function = read_application(TEMPLATE, given, {}).function
    assert (function.memory_mb, function.timeout_s) == (1769, 28.0)
    assert (function.reserved_concurrency, function.provisioned_concurrency) == (None, 5)


def test_every_path_and_method_reaches_the_app() -> None:
    """The API hands on all paths, the root included: FastAPI routes, not the gateway."""
    routes = {(route.path, route.method) for route in read_application(TEMPLATE, {}, {}).api.routes}
    assert routes == {("/", "ANY"), ("/{proxy+}", "ANY")}


def test_table_is_what_the_store_expects(resources: dict[str, Any]) -> None:
    """Items by id, pages by the index `listing`, idempotency keys expire by `expiration`; backed up and encrypted."""
    table = resources["ItemsTable"]["Properties"]
    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    [index] = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "listing"
    assert index["KeySchema"] == [
        {"AttributeName": "kind", "KeyType": "HASH"},
        {"AttributeName": "id", "KeyType": "RANGE"},
    ]
    assert index["Projection"] == {"ProjectionType": "ALL"}
    assert table["AttributeDefinitions"] == [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "kind", "AttributeType": "S"},
    ]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}


def test_permissions_are_the_least(resources: dict[str, Any]) -> None:
    """Each action is named, each resource scoped; X-Ray has none (AWS page "Actions, resources ... for AWS X-Ray")."""
    role = resources["ItemsRole"]["Properties"]
    assert "ManagedPolicyArns" not in role
    [policy] = role["Policies"]
    allowed = {(action, s["Resource"]) for s in policy["PolicyDocument"]["Statement"] for action in s["Action"]}
    assert allowed == {
        ("dynamodb:GetItem", "!GetAtt ItemsTable.Arn"),
        ("dynamodb:PutItem", "!GetAtt ItemsTable.Arn"),
        ("dynamodb:UpdateItem", "!GetAtt ItemsTable.Arn"),
        ("dynamodb:DeleteItem", "!GetAtt ItemsTable.Arn"),
        ("dynamodb:Query", "!Sub ${ItemsTable.Arn}/index/listing"),
        ("logs:CreateLogStream", "!GetAtt ItemsLogs.Arn"),
        ("logs:PutLogEvents", "!GetAtt ItemsLogs.Arn"),
        ("xray:PutTraceSegments", "*"),
        ("xray:PutTelemetryRecords", "*"),
    }


def test_data_outlives_the_stack(resources: dict[str, Any]) -> None:
    """Deleting or replacing the stack leaves the table; the logs go."""
    assert resources["ItemsTable"]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resources["ItemsTable"]["UpdateReplacePolicy"] == "Retain"
    assert resources["ItemsLogs"]["Properties"]["RetentionInDays"] == "!Ref LogRetentionDays"


def test_alias_follows_every_change(resources: dict[str, Any]) -> None:
    """A change of a variable alone publishes a version too: else the alias would keep the old one."""
    function = resources["ItemsFunction"]["Properties"]
    assert (function["AutoPublishAlias"], function["AutoPublishAliasAllProperties"]) == ("live", True)


def test_makefile_has_what_the_template_names(resources: dict[str, Any]) -> None:
    """Each resource that `sam build` builds by make has its target."""
    built = {name for name, part in resources.items() if part.get("Metadata", {}).get("BuildMethod") == "makefile"}
    assert built == {"ItemsFunction", "DependencyLayer"}
    targets = set(re.findall(r"^build-(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets == built


def parameter(name: str) -> Any:
    """A parameter as written."""
    return document()["Parameters"][name]


def test_parameters_have_the_recommended_values() -> None:
    """Memory 512, reserved concurrency 10, none provisioned, arm64, no SnapStart, a canary, no e-mail, no key."""
    defaults = {
        "AlarmEmail": "",
        "ApiGatewayLogRole": "create",
        "ApiKeyRequired": "false",
        "Architecture": "arm64",
        "DeploymentPreference": "Canary10Percent5Minutes",
        "LogRetentionDays": 14,
        "MemorySize": 512,
        "ProvisionedConcurrency": 0,
        "ReservedConcurrency": 10,
        "SnapStart": "None",
        "Stage": "dev",
        "Timeout": 10,
    }
    assert {name: parameter(name)["Default"] for name in defaults} == defaults


def test_function_ends_before_the_gateway_hangs_up() -> None:
    """AWS page "Quotas for REST APIs": 29 s of integration. The function's own end comes at least a second earlier."""
    assert parameter("Timeout")["MaxValue"] == 28
    paths = document()["Resources"]["ItemsApi"]["Properties"]["DefinitionBody"]["paths"]
    waits = [path["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"] for path in paths.values()]
    assert [wait["timeoutInMillis"] for wait in waits] == [29_000, 29_000]


def test_production_keeps_five_warm_and_deploys_by_canary() -> None:
    """samconfig.toml: `prod` has provisioned concurrency 5 and the template's canary; `dev` waits for none."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    assert config["prod"]["deploy"]["parameters"]["parameter_overrides"] == [
        "Stage=prod",
        "ProvisionedConcurrency=5",
        "LogRetentionDays=90",
        "ExpectsTraffic=true",
    ]
    assert "DeploymentPreference=AllAtOnce" in config["default"]["deploy"]["parameters"]["parameter_overrides"]
    for name in ("default", "prod"):
        assert config[name]["deploy"]["parameters"]["confirm_changeset"] is False


def test_snapshot_and_provisioned_sandboxes_exclude_each_other() -> None:
    """AWS page "Lambda SnapStart": no provisioned concurrency with it. The deployment is refused before it starts."""
    rule = document()["Rules"]["OneWayToStartFast"]
    assert rule["RuleCondition"] == ["!Equals", "!Ref SnapStart", "PublishedVersions"]
    assert rule["Assertions"][0]["Assert"] == ["!Equals", "!Ref ProvisionedConcurrency", "0"]


def test_new_version_is_watched_and_goes_back(resources: dict[str, Any]) -> None:
    """The canary's alarms are the nested stack's; CodeDeploy's role is ours and names what it may."""
    preference = resources["ItemsFunction"]["Properties"]["DeploymentPreference"]
    assert preference == {
        "Type": "!Ref DeploymentPreference",
        "Role": "!GetAtt DeploymentRole.Arn",
        "Alarms": [
            "!GetAtt Monitoring.Outputs.FaultRateAlarmName",
            "!GetAtt Monitoring.Outputs.LatencyAlarmName",
            "!GetAtt Monitoring.Outputs.Api5xxAlarmName",
            "!GetAtt Monitoring.Outputs.LambdaErrorsAlarmName",
        ],
    }


def test_nested_stack_gets_every_parameter_it_has(resources: dict[str, Any]) -> None:
    """What dashboards/generated/monitoring.json declares is given, and nothing that it does not declare."""
    nested = json.loads((ROOT / "dashboards/generated/monitoring.json").read_text())
    given = resources["Monitoring"]["Properties"]["Parameters"]
    assert set(given) == set(nested["Parameters"])
    assert {"FaultRateAlarmName", "LatencyAlarmName", "ServiceDashboardUrl"} <= set(nested["Outputs"])
    # Of the API and the alias, names: they come after the alarms.
    assert not [value for value in given.values() if "ItemsApi" in str(value) or "Alias" in str(value)]


def test_stages_do_not_mix_their_metrics(resources: dict[str, Any]) -> None:
    """One account may hold several stages: each has its namespace, and the nested stack looks there."""
    variables = resources["ItemsFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "!Sub Glasshouse/${Stage}"
    assert resources["Monitoring"]["Properties"]["Parameters"]["Namespace"] == "!Sub Glasshouse/${Stage}"


def test_cloudwatch_may_publish_alarms(resources: dict[str, Any]) -> None:
    """AWS page "Amazon SNS key management", compatibility with AWS services: CloudWatch needs the key and the topic."""
    [statement] = [
        one
        for one in resources["AlarmKey"]["Properties"]["KeyPolicy"]["Statement"]
        if one["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    ]
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert resources["AlarmTopic"]["Properties"]["KmsMasterKeyId"] == "!Ref AlarmKey"
    [publish] = resources["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (publish["Principal"], publish["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert resources["AlarmSubscription"]["Condition"] == "HasAlarmEmail"


def test_traces_of_the_stage_are_sampled_by_a_rule_of_its_own(resources: dict[str, Any]) -> None:
    """API Gateway decides whether a request is traced: the rule and the group name its stage, `<api>/<stage>`."""
    rule = resources["TraceSampling"]["Properties"]["SamplingRule"]
    assert (rule["ServiceName"], rule["ServiceType"]) == (
        "!Sub ${AWS::StackName}-items/${Stage}",
        "AWS::ApiGateway::Stage",
    )
    assert rule["FixedRate"] == "!Ref TraceRate"
    group = resources["TraceGroup"]["Properties"]["FilterExpression"]
    assert group == '!Sub service("${AWS::StackName}-items/${Stage}")'


def test_outputs_say_where_to_look() -> None:
    """API, documentation, dashboard, trace map, logs, function, table, topic; the key if there is one."""
    assert set(document()["Outputs"]) == {
        "AccessLogGroup",
        "AlarmTopicArn",
        "ApiKeyId",
        "ApiUrl",
        "DashboardUrl",
        "DocsUrl",
        "FunctionName",
        "LogGroup",
        "TableName",
        "TraceMapUrl",
    }


def test_gateway_answers_as_the_service_does() -> None:
    """The members of a problem document are those of service/problems.py, so that a client reads one kind of error."""
    application = read_application(TEMPLATE, {}, {})
    members = {"type", "title", "status", "detail", "instance", "trace_id", "request_id"}
    for kind, answer in application.api.own_answers.items():
        found = json.loads(answer.body.fill({"error.messageString": '"m"'}, "x"))
        assert set(found) == (members - {"status"} if kind.startswith("DEFAULT_") else members)
        assert answer.status == found.get("status")
        assert ("Content-Type", "application/problem+json") in answer.headers


def test_laptop_keeps_access_log_and_throttling() -> None:
    """`make run` writes the access log where CloudWatch would have it, and lets in what the stage lets in."""
    api = read_application(TEMPLATE, {"ThrottleRate": "7", "ThrottleBurst": "9"}, {}).api
    assert api.access_log is not None
    assert api.access_log.group == "/aws/apigateway/local-items"
    assert api.throttle == Throttle(7.0, 9)
