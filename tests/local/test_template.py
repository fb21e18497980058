"""sam_template.yaml -> what to run."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.api_gateway.routing import RestApi, Route
from local.errors import TemplateError
from local.function_variables import LeftOut
from local.lambda_runtime.function import FunctionConfig
from local.template import Application, read_application

Read = Callable[..., Application]

WHOLE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Memory: {Type: Number, Default: 512, MinValue: 128}
  Provisioned: {Type: Number, Default: 0, MinValue: 0, MaxValue: 100}
  Mail: {Type: String, Default: "", AllowedPattern: "|.+@.+"}
Rules:
  Always: {Assertions: [{Assert: !Equals [a, a]}]}
  Few:
    RuleCondition: !Not [!Or [!Equals [!Ref Provisioned, 0], !Equals [!Ref Provisioned, 1]]]
    Assertions: [{Assert: !Equals [!Ref Provisioned, 2], AssertDescription: "One or two, please"}]
Conditions:
  HasProvisioned: !Not [!Equals [!Ref Provisioned, 0]]
Globals:
  Function:
    Timeout: 5
    Environment: {Variables: {SHARED: "1", STAGE: none}}
  Api: {BinaryMediaTypes: [image/png]}
Resources:
  Items:
    Type: AWS::Serverless::Function
    Properties:
      Handler: service.handler
      Runtime: python3.13
      CodeUri: code/
      MemorySize: !Ref Memory
      Tracing: Active
      ReservedConcurrentExecutions: 10
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig:
        !If [HasProvisioned, {ProvisionedConcurrentExecutions: !Ref Provisioned}, !Ref AWS::NoValue]
      LoggingConfig: {LogFormat: JSON, LogGroup: !Ref Logs}
      Policies: [!Sub "${Unknown.Thing}"]
      SnapStart: {ApplyOn: PublishedVersions}
      Environment:
        Variables:
          STAGE: !Ref Stage
          TABLE: !Ref Table
          FLAG: true
          GONE: !Ref AWS::NoValue
      Events:
        Root: {Type: Api, Properties: {Path: /, Method: any, RestApiId: !Ref Api}}
        One: {Type: Api, Properties: {Path: "/items/{id}/", Method: GET, RestApiId: !Ref Api}}
        Rest: {Type: Api, Properties: {Path: "/{proxy+}", Method: ANY, RestApiId: !Ref Api}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
  Api:
    Type: AWS::Serverless::Api
    Properties: {Name: items, StageName: !Ref Stage, TracingEnabled: true, Variables: {colour: blue}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "/items/${Stage}"}}
  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub "items-${Stage}"}}
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(text: str, parameters: dict[str, str] | None = None, environ: dict[str, str] | None = None) -> Application:
        path = tmp_path / "template.yaml"
        path.write_text(textwrap.dedent(text))
        return read_application(path, parameters or {}, environ or {})

    return run


def test_the_whole_application(read: Read, tmp_path: Path) -> None:
    """Function, API and routes with parameters, conditions and Globals applied; the rest is listed, not dropped."""
    assert read(WHOLE) == Application(
        function=FunctionConfig(
            name="Items",
            handler="service.handler",
            runtime="python3.13",
            memory_mb=512,
            timeout_s=5.0,
            environment={"SHARED": "1", "STAGE": "dev", "FLAG": "true"},
            log_group="/items/dev",
            log_format="JSON",
            tracing=True,
            reserved_concurrency=10,
            provisioned_concurrency=0,
        ),
        alias="live",
        code_root=tmp_path / "code",
        layers=(),
        api=RestApi(
            name="items",
            stage="dev",
            routes=(Route("/", "ANY"), Route("/items/{id}", "GET"), Route("/{proxy+}", "ANY")),
            function_arn="arn:aws:lambda:us-east-1:123456789012:function:Items:live",
            tracing=True,
            binary_media_types=("image/png",),
            stage_variables={"colour": "blue"},
        ),
        not_run=("Table (AWS::DynamoDB::Table)", "Items.Events.Nightly (Schedule)", "Items.SnapStart"),
        left_out=(
            LeftOut(
                "TABLE", "Table (AWS::DynamoDB::Table) is not run here; AWS_ENDPOINT_URL_DYNAMODB names one that is"
            ),
        ),
        overridden=(),
        passed=(),
    )


def test_provisioned_concurrency_needs_an_alias(read: Read) -> None:
    """As with SAM: "To use this property, AutoPublishAlias must be specified"; an alias is one of Lambda's names."""
    without = WHOLE.replace("      AutoPublishAlias: live\n", "")
    assert read(without).alias is None
    with pytest.raises(TemplateError, match=r"Items.ProvisionedConcurrencyConfig: .* AutoPublishAlias must name it"):
        read(without, {"Stage": "prod", "Provisioned": "2"})
    with pytest.raises(TemplateError, match=r"Items.AutoPublishAlias is '12'; an alias is letters, digits, - and _"):
        read(WHOLE.replace("AutoPublishAlias: live", "AutoPublishAlias: '12'"))


def test_parameters_can_be_given(read: Read) -> None:
    """LOCAL_PARAMETERS wins over the defaults, and conditions follow."""
    found = read(WHOLE, {"Stage": "prod", "Memory": "1769", "Provisioned": "2"})
    assert (found.function.memory_mb, found.function.provisioned_concurrency) == (1769, 2)
    assert (found.function.log_group, found.api.stage) == ("/items/prod", "prod")


def test_a_table_elsewhere_is_used_when_its_endpoint_is_named(read: Read) -> None:
    """AWS_ENDPOINT_URL_DYNAMODB, or AWS_ENDPOINT_URL, gives the variable its value and goes to the function too."""
    for endpoint in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"):
        found = read(WHOLE, environ={endpoint: "http://localhost:1"})
        assert found.left_out == ()
        assert found.passed == (endpoint,)
        assert found.function.environment["TABLE"] == "items-dev"
        assert found.function.environment[endpoint] == "http://localhost:1"


def test_the_environment_of_up_wins(read: Read) -> None:
    """A variable of the template is overridden by the same name outside, as with `sam local`; no other is."""
    found = read(WHOLE, environ={"STAGE": "mine", "TABLE": "t", "OTHER": "x", "AWS_REGION": "eu-west-1"})
    assert found.function.environment == {"SHARED": "1", "STAGE": "mine", "FLAG": "true", "TABLE": "t"}
    assert found.overridden == ("STAGE", "TABLE")
    assert found.left_out == ()
    assert found.function.region == "eu-west-1"


SMALL = """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      Environment: {Variables: {VALUE: %s}}
      Events: {E: {Type: Api, Properties: {Path: /, Method: GET}}}
"""


def test_defaults(read: Read) -> None:
    """AWS's own: 128 MB, 3 s, no reserved concurrency, text logs, PassThrough tracing, and SAM's implicit API."""
    found = read(SMALL % "x")
    function = found.function
    assert (function.memory_mb, function.timeout_s, function.reserved_concurrency) == (128, 3.0, None)
    assert (function.log_format, function.log_group, function.tracing) == ("Text", "/aws/lambda/F", False)
    assert (found.api.name, found.api.stage, found.api.tracing) == ("ServerlessRestApi", "Prod", False)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Handler: a.b", "Description: x", "template.yaml, line 7: F has no Handler"),
        ("python3.12", "nodejs22.x", "template.yaml, line 7: F.Runtime is 'nodejs22.x'; local runs python3.x"),
        ("Handler: a.b", "Handler: a.b\n      MemorySize: big", "MemorySize is 'big', not a whole number"),
        ("Handler: a.b", "Handler: a.b\n      InlineCode: x", "template.yaml, line 5: F.InlineCode is not supported"),
        ("Handler: a.b", "Handler: a.b\n      PackageType: Image", "F.PackageType is not supported here"),
        ("Handler: a.b", "Handler: a.b\n      CodeUri: s3://b/k", "'s3://b/k' is not a folder beside the template"),
        ("Handler: a.b", "Handler: a.b\n      LoggingConfig: {LogFormat: XML}", "LogFormat is 'XML', not Text or JSON"),
        ("Handler: a.b", "Handler: a.b\n      Layers: [arn:aws:x]", "Layers holds 'arn:aws:x'; local runs layers of"),
        ("Type: Api,", "Type: HttpApi,", "F.Events.E is of type HttpApi; local serves REST APIs (Api)"),
        ("Type: Api,", "Type: Schedule,", "F has no event of type Api: there is nothing to serve"),
        ("Path: /,", "Path: items,", "F.Events.E.Path is 'items'; a path is / and segments like"),
        ("Path: /,", 'Path: "/{all+}/x",', "F.Events.E.Path is '/{all+}/x'; a path is / and segments like"),
        ("Method: GET", "Method: FETCH", "F.Events.E.Method is 'FETCH'; ANY, DELETE, GET"),
        ("Method: GET", "Method: GET, Auth: {ApiKeyRequired: true}", "F.Events.E.Auth is not supported here"),
        ("Method: GET", "Method: GET, RestApiId: !Ref F", "is not a !Ref of an AWS::Serverless::Api"),
        ("AWS::Serverless::Function", "AWS::S3::Bucket", "exactly one AWS::Serverless::Function, found: none"),
        ("Resources:", "Things:", "no Resources; is it a CloudFormation template?"),
        ("Resources:", "Parameters: {P: {Type: String}}\nResources:", "give one with LOCAL_PARAMETERS=P=..."),
        ("Resources:", "Resources: [", "template.yaml, line "),
    ],
)
def test_what_is_not_supported_is_refused_by_name(read: Read, old: str, new: str, message: str) -> None:
    """Nothing that the function or the API depends on is silently ignored."""
    with pytest.raises(TemplateError) as error:
        read((SMALL % "x").replace(old, new))
    assert message in str(error.value)


def test_a_second_function_is_refused(read: Read) -> None:
    """One function for now: more are refused with their names and the line of the second."""
    second = "\n  G: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12}}\n"
    with pytest.raises(TemplateError) as error:
        read(SMALL % "x" + second)
    assert str(error.value) == (
        "template.yaml, line 12: local runs exactly one AWS::Serverless::Function, found: F, G; "
        "LOCAL_TEMPLATE names the template"
    )


@pytest.mark.parametrize(
    ("api", "message"),
    [
        ("{StageName: dev, Cors: \"'*'\"}", "Api.Cors is not supported here"),
        ("{StageName: dev, Auth: {DefaultAuthorizer: X}}", "Api.Auth is not supported here"),
        ("{StageName: dev, DefinitionUri: api.yaml}", "Api.DefinitionUri is not supported here"),
    ],
)
def test_api_settings_that_would_change_answers_are_refused(read: Read, api: str, message: str) -> None:
    """Authorizers, CORS and OpenAPI files of API Gateway are not run here, and leaving them out would mislead."""
    text = (SMALL % "x").replace("Method: GET", "Method: GET, RestApiId: !Ref Api")
    with pytest.raises(TemplateError, match=message):
        read(f"{text}\n  Api: {{Type: AWS::Serverless::Api, Properties: {api}}}\n")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"Nobody": "1"},
            "LOCAL_PARAMETERS names Nobody, which the template does not declare (Stage, Memory, Provisioned, Mail)",
        ),
        ({"Stage": "test"}, "parameter Stage is 'test'; allowed are dev, prod"),
        ({"Provisioned": "-1"}, "parameter Provisioned is '-1'; it has to be from 0 to 100"),
        ({"Provisioned": "101"}, "parameter Provisioned is '101'; it has to be from 0 to 100"),
        ({"Provisioned": "many"}, "parameter Provisioned is 'many'; it has to be a number"),
        ({"Memory": "64"}, "parameter Memory is '64'; it has to be at least 128"),
        ({"Mail": "nobody"}, "parameter Mail is 'nobody'; it has to match "),
        ({"Provisioned": "3"}, "template.yaml, line 11: Rules.Few: One or two, please"),
    ],
)
def test_bad_parameters(read: Read, parameters: dict[str, str], message: str) -> None:
    """A parameter that is not declared, a value that is not allowed, or that the template's Rules refuse, is named."""
    with pytest.raises(TemplateError) as error:
        read(WHOLE, parameters)
    assert message in str(error.value)


def test_a_resource_whose_condition_is_false_is_not_there(read: Read) -> None:
    """A function with a false condition does not count, a table neither."""
    text = "Conditions: {Never: !Equals [a, b]}\n" + SMALL % "x"
    found = read(text + "\n  T: {Type: AWS::DynamoDB::Table, Condition: Never}\n")
    assert found.not_run == ()


def test_layers(read: Read, tmp_path: Path) -> None:
    """A layer that is a folder is served; one that has to be built is what the venv stands for."""
    (tmp_path / "plain" / "python").mkdir(parents=True)
    text = (SMALL % "x").replace("Handler: a.b", "Handler: a.b\n      Layers: [!Ref Plain, !Ref Built]")
    layers = """
  Plain: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: plain}}
  Built: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: plain}, Metadata: {BuildMethod: makefile}}
"""
    assert read(text + layers).layers == (tmp_path / "plain" / "python",)


def test_no_file_is_a_sentence(tmp_path: Path) -> None:
    """A folder, or bytes that are no text: the error names the file and the setting."""
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    broken: dict[Path, Any] = {tmp_path: "Is a directory", tmp_path / "binary.yaml": "not UTF-8 text"}
    for path, message in broken.items():
        with pytest.raises(TemplateError) as error:
            read_application(path, {}, {})
        assert str(error.value) == f"{path}: {message}; LOCAL_TEMPLATE names another template"
