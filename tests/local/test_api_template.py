"""An AWS::Serverless::Api's definition, gateway responses, access log and throttling -> what the front serves."""

import textwrap
from pathlib import Path

import pytest

from local.api_gateway import AccessLog, OwnAnswer, Route, Throttle
from local.api_gateway.context import ContextText
from local.api_gateway.routing import RestApi
from local.errors import TemplateError
from local.template import read_application

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Keyed: {Type: String, Default: "no"}
Conditions:
  IsKeyed: !Equals [!Ref Keyed, "yes"]
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      Events:
        Root: {Type: Api, Properties: {Path: /, Method: ANY, RestApiId: !Ref Api}}
        One: {Type: Api, Properties: {Path: "/items/{id}", Method: GET, RestApiId: !Ref Api}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "/aws/apigateway/${AWS::StackName}"}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: dev
      AlwaysDeploy: true
      EndpointConfiguration: {Type: REGIONAL}
      AccessLogSetting: {DestinationArn: !GetAtt Logs.Arn, Format: "$context.requestId"}
      MethodSettings:
        - {ResourcePath: "/*", HttpMethod: "*", MetricsEnabled: true, ThrottlingRateLimit: 50, ThrottlingBurstLimit: 20}
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /:
            x-amazon-apigateway-any-method:
              security: !If [IsKeyed, [{api_key: []}], []]
              x-amazon-apigateway-integration: {type: aws_proxy, timeoutInMillis: 29000, uri: !Sub "${F.Alias}"}
          /items/{id}:
            parameters: [{name: id, in: path}]
            get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: x}, responses: {}}
      GatewayResponses:
        THROTTLED:
          StatusCode: "429"
          ResponseParameters: {Headers: {Content-Type: "'a/b'"}}
          ResponseTemplates: {application/json: "$context.requestId"}
        DEFAULT_5XX: {ResponseTemplates: {text/plain: "no"}}
"""


def read(tmp_path: Path, text: str = TEMPLATE, **parameters: str) -> RestApi:
    path = tmp_path / "template.yaml"
    path.write_text(textwrap.dedent(text))
    return read_application(path, parameters, {}).api


def test_definition_and_stage_are_kept(tmp_path: Path) -> None:
    """Routes come from the definition; own answers, access log and throttling are the template's."""
    api = read(tmp_path)
    assert api.routes == (Route("/", "ANY"), Route("/items/{id}", "GET"))
    assert api.access_log == AccessLog("/aws/apigateway/local", ContextText.read("$context.requestId"))
    assert api.throttle == Throttle(50.0, 20)
    assert api.detailed_metrics
    assert api.own_answers == {
        "THROTTLED": OwnAnswer(429, (("Content-Type", "a/b"),), ContextText.read("$context.requestId")),
        "DEFAULT_5XX": OwnAnswer(None, (("Content-Type", "text/plain"),), ContextText.read("no")),
    }


def test_api_key_is_refused_by_name(tmp_path: Path) -> None:
    """A method that asks for a key would let nobody in here: the start says so, and names the method."""
    with pytest.raises(TemplateError, match="any-method / asks for an API key or another credential; local knows none"):
        read(tmp_path, Keyed="yes")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("get: {", "put: {", "Api.DefinitionBody and F.Events differ in GET /items/{id}, PUT /items/{id}"),
        (
            "{type: aws_proxy, uri: x}",
            "{type: mock}",
            "get /items/{id} has an integration of type mock; local has aws_proxy",
        ),
        ("29000", "5000", "has another timeoutInMillis than 29000"),
        ("responses: {}}", "x-amazon-apigateway-request-validator: all}", "has x-amazon-apigateway-request-validator"),
        ("!GetAtt Logs.Arn", "arn:aws:firehose:x", "AccessLogSetting.DestinationArn is no log group's"),
        ('HttpMethod: "*"', "HttpMethod: GET", "MethodSettings of /* GET are not supported here"),
        ("MetricsEnabled: true", "CachingEnabled: true", "MethodSettings.CachingEnabled is not supported here"),
        ("{Headers:", "{Paths: {a: b}, Headers:", "THROTTLED.ResponseParameters.Paths is not supported here"),
        ("\"'a/b'\"", "method.request.header.x", "the header Content-Type is method.request.header.x"),
        ("{text/plain:", '{a/b: "x", text/plain:', "DEFAULT_5XX has 2 templates"),
        ('"no"', "$context.authorizer.claims.sub", "names $context.authorizer.claims.sub, which has no value here"),
    ],
)
def test_what_would_be_answered_otherwise_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A definition or a stage with more than the front keeps is refused by its name, never served as if without."""
    with pytest.raises(TemplateError) as error:
        read(tmp_path, TEMPLATE.replace(old, new))
    assert message in str(error.value)


def test_other_properties_are_listed(tmp_path: Path) -> None:
    """A property of the API that is neither kept nor without effect is among what is not run."""
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE.replace("AlwaysDeploy: true", "CacheClusterEnabled: true"))
    assert "Api.CacheClusterEnabled" in read_application(path, {}, {}).not_run
