"""sam_template.yaml: what the function, its table and its permissions are, as a person would check them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import observability.settings
import service.settings
from local.template import read_application
from observability.settings import table

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "sam_template.yaml"


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    """The resources as written; an intrinsic function stands as its short form's text."""

    class Loader(yaml.SafeLoader):
        pass

    def written(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return f"!{suffix} {node.value}"
        return [f"!{suffix}", *loader.construct_sequence(node)]  # type: ignore[arg-type] # no tag of ours takes a mapping

    Loader.add_multi_constructor("!", written)
    found: dict[str, Any] = yaml.load(TEMPLATE.read_text(), Loader=Loader)["Resources"]  # noqa: S506 (a SafeLoader)
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
