"""AWS's APIs of a running stack, by boto3: `python -m local up` as a real process."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

Up = Callable[..., Any]
Command = Callable[..., subprocess.CompletedProcess[str]]


def client(stack: Any, service: str, region: str = "us-east-1", *, checks: bool = True) -> Any:
    """`checks`: whether botocore looks at the parameters before it sends them."""
    session: Any = botocore.session.get_session()
    return session.create_client(
        service,
        region_name=region,
        endpoint_url=stack.run["aws"],
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=checks),
    )


def aws_process(stack: Any) -> psutil.Process:
    (found,) = [
        child for child in psutil.Process(stack.process.pid).children() if child.cmdline()[1:3] == ["-m", "local.aws"]
    ]
    return found


def test_the_address_is_told_and_in_the_run_file(up: Up, local_command: Command) -> None:
    """Start-up lines, run.json and `status` name the endpoint."""
    stack = up()
    url = stack.run["aws"]
    assert f"AWS        {url}  (aws --endpoint-url {url} ...)\n" in stack.printed()
    assert f"AWS        {url}\n" in local_command("status", LOCAL_DIR=str(stack.local)).stdout


WATCHED = """
  Topic: { Type: AWS::SNS::Topic }
  High:
    Type: AWS::CloudWatch::Alarm
    Properties:
      { AlarmName: high, AlarmActions: [!Ref Topic], Namespace: N, MetricName: M, Statistic: Sum, Period: 60,
        EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold }
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardName: board
      DashboardBody: !Sub >-
        {"widgets": [{"type": "metric", "properties": {"region": "${AWS::Region}", "metrics": [["N", "M"]]}}]}
"""


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_another_region(up: Up, app: Path, variable: str) -> None:
    """The region that boto3 would take is the stack's from end to end: its alarms, dashboards, ARNs and viewer."""
    template = app / "template.yaml"
    template.write_text(template.read_text() + WATCHED)
    stack = up(**{variable: "eu-central-1"})
    assert f"(aws --endpoint-url {stack.run['aws']} --region eu-central-1 ...)" in stack.printed()
    cloudwatch = client(stack, "cloudwatch", "eu-central-1")
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["AlarmArn"] == "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:high"
    assert alarm["AlarmActions"] == ["arn:aws:sns:eu-central-1:123456789012:Topic"]
    assert '"region": "eu-central-1"' in cloudwatch.get_dashboard(DashboardName="board")["DashboardBody"]
    (topic,) = client(stack, "sns", "eu-central-1").list_topics()["Topics"]
    assert topic["TopicArn"] == "arn:aws:sns:eu-central-1:123456789012:Topic"
    (found,) = client(stack, "cloudformation", "eu-central-1").describe_stacks()["Stacks"]
    assert found["StackId"] == "arn:aws:cloudformation:eu-central-1:123456789012:stack/local/local"
    for page, said in (("/alarms", b"high"), ("/dashboards/board", b"board")):
        with urllib.request.urlopen(stack.run["viewer"] + page, timeout=30) as answer:  # noqa: S310 - the stack's own
            assert said in answer.read()


def test_lambda_by_boto3(up: Up) -> None:
    """Invoke, update with its waiter, publish, alias: the function that the gateway has is the one that is changed."""
    stack = up()
    lambda_ = client(stack, "lambda")
    answer = lambda_.invoke(FunctionName="Tiny", Payload=json.dumps({"path": "/env"}), LogType="Tail")
    assert answer["ExecutedVersion"] == "$LATEST"
    environment = json.loads(json.loads(answer["Payload"].read())["body"])
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    published = lambda_.publish_version(FunctionName="Tiny")
    lambda_.get_waiter("published_version_active").wait(FunctionName="Tiny", Qualifier=published["Version"])
    lambda_.update_function_configuration(
        FunctionName="Tiny", MemorySize=512, Environment={"Variables": {"COLOUR": "blue"}}
    )
    lambda_.get_waiter("function_updated_v2").wait(FunctionName="Tiny")
    lambda_.get_waiter("function_active_v2").wait(FunctionName="Tiny")
    environment = json.loads(stack.request("GET", "/env")[2])
    assert (environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], environment["COLOUR"]) == ("512", "blue")
    lambda_.create_alias(FunctionName="Tiny", Name="live", FunctionVersion="1")
    answer = lambda_.invoke(FunctionName="Tiny:live", Payload=json.dumps({"path": "/env"}))
    environment = json.loads(json.loads(answer["Payload"].read())["body"])
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    failed = lambda_.invoke(FunctionName="Tiny", Payload=json.dumps({"path": "/raise"}))
    assert (failed["FunctionError"], json.loads(failed["Payload"].read())["errorMessage"]) == (
        "Unhandled",
        "on purpose",
    )
    assert stack.stop() == 0
    assert stack.err.read_text() == ""


def test_new_code_keeps_what_the_api_set(up: Up, app: Path) -> None:
    """A reload of the code is no new template: memory and environment stay as UpdateFunctionConfiguration set them."""
    stack = up(LOCAL_RELOAD="on")
    lambda_ = client(stack, "lambda")
    lambda_.update_function_configuration(FunctionName="Tiny", MemorySize=512)
    lambda_.get_waiter("function_updated_v2").wait(FunctionName="Tiny")
    answer = "def handler(event, context): return {'statusCode': 200, 'body': context.memory_limit_in_mb}\n"
    new = app / "app.new"
    new.write_text(answer)
    new.replace(app / "app.py")
    stack.wait_for("reloaded: app.py\n")
    assert stack.request("GET", "/x")[2] == b"512"


def test_a_canary_by_boto3(up: Up, app: Path) -> None:
    """Two versions share the alias that the API invokes: who ran is in X-Amz-Executed-Version, in the log stream's name
    and in the metrics. Each wrong weight is refused with AWS's code. kill -9 of the AWS process takes no weight away.
    """
    template = app / "template.yaml"
    template.write_text(template.read_text().replace("Tracing: Active", "AutoPublishAlias: live"))
    stack = up()
    lambda_ = client(stack, "lambda")
    lambda_.update_function_configuration(FunctionName="Tiny", MemorySize=512)
    lambda_.get_waiter("function_updated_v2").wait(FunctionName="Tiny")
    assert lambda_.publish_version(FunctionName="Tiny")["Version"] == "2"
    alias = {"FunctionName": "Tiny", "Name": "live"}
    routing = {"AdditionalVersionWeights": {"2": 1.0}}
    assert lambda_.update_alias(**alias, RoutingConfig=routing)["RoutingConfig"] == routing
    answer = lambda_.invoke(FunctionName="Tiny:live", Payload=json.dumps({"path": "/env"}))
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-executed-version"] == answer["ExecutedVersion"] == "2"
    environment = json.loads(stack.request("GET", "/env")[2])
    assert environment["AWS_LAMBDA_FUNCTION_VERSION"] == "2"
    assert "/[2]" in environment["AWS_LAMBDA_LOG_STREAM_NAME"]
    executed = [{"Name": "ExecutedVersion", "Value": "2"}, {"Name": "Resource", "Value": "Tiny:live"}]
    metrics = client(stack, "cloudwatch")
    stack.wait_until(lambda: metrics.list_metrics(Namespace="AWS/Lambda", Dimensions=executed)["Metrics"])
    unchecked = client(stack, "lambda", checks=False)
    for weights, code in (
        ({"2": 1.5}, "ValidationException"),
        ({"2": -0.5}, "ValidationException"),
        ({"2": float("nan")}, "InvalidParameterValueException"),
        ({"$LATEST": 0.5}, "ValidationException"),
        ({"": 0.5}, "ValidationException"),
        ({"2\n": 0.5}, "ValidationException"),
        ({"1": 0.5}, "InvalidParameterValueException"),
        ({"7": 0.5}, "ResourceNotFoundException"),
        ({"2": 0.1, "1": 0.1}, "InvalidParameterValueException"),
    ):
        with pytest.raises(ClientError) as raised:
            unchecked.update_alias(**alias, RoutingConfig={"AdditionalVersionWeights": weights})
        assert raised.value.response["Error"]["Code"] == code
    killed = aws_process(stack)
    killed.kill()
    killed.wait(40)  # its end has reached the client's connection too
    assert lambda_.get_alias(**alias)["RoutingConfig"] == routing
    assert "RoutingConfig" not in lambda_.update_alias(**alias, RoutingConfig={"AdditionalVersionWeights": {}})
    assert json.loads(stack.request("GET", "/env")[2])["AWS_LAMBDA_FUNCTION_VERSION"] == "1"


def test_kill_9_loses_nothing_that_was_acknowledged(up: Up) -> None:
    """The AWS process is started again, which is said; the topic is still there; requests meanwhile wait, and work."""
    stack = up()
    sns = client(stack, "sns")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    killed = aws_process(stack)
    killed.kill()
    killed.wait(40)  # its end has reached the client's connection too
    assert [each["TopicArn"] for each in sns.list_topics()["Topics"]] == [topic]
    stack.wait_for(f"AWS: pid {killed.pid} ended (signal 9)")
    sns.publish(TopicArn=topic, Subject="hello", Message="again")
    assert "SNS alarms: hello: again\n" in stack.wait_for("SNS alarms")
    assert stack.request("GET", "/x")[0] == 200


def test_it_ends_with_the_stack_however_that_ends(up: Up) -> None:
    """SIGTERM, and kill -9: no process is left."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        stack = up()
        process = aws_process(stack)
        os.kill(stack.process.pid, number)
        stack.process.wait(40)
        stack.wait_until(lambda process=process: not process.is_running())


def test_reset(up: Up, local_command: Command) -> None:
    """POST /_local/reset empties the store while it runs; `reset` removes the file when nothing runs."""
    stack = up()
    sns = client(stack, "sns")
    sns.publish(TopicArn=sns.create_topic(Name="alarms")["TopicArn"], Message="m")
    for action, answered in (("messages", 1), ("reset", True), ("messages", 0)):
        request = urllib.request.Request(f"{stack.run['aws']}/_local/{action}", method="POST")  # noqa: S310 - our own
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            (value,) = json.loads(answer.read()).values()
        assert (len(value) if isinstance(value, list) else value) == answered
    assert sns.list_topics()["Topics"] == []
    assert (stack.local / "aws.sqlite3").exists()
    stack.stop()
    assert local_command("reset", LOCAL_DIR=str(stack.local)).returncode == 0
    assert list(stack.local.glob("aws.sqlite3*")) == []


def post(stack: Any, action: str) -> Any:
    request = urllib.request.Request(f"{stack.run['aws']}/_local/{action}", method="POST")  # noqa: S310 - our own
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
        return json.loads(answer.read())


def test_evaluate(up: Up) -> None:
    """POST /_local/evaluate evaluates each alarm at once, not when it is due: a state that was set is gone."""
    stack = up()
    cloudwatch = client(stack, "cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="hourly",
        Namespace="Shop",
        MetricName="Orders",
        Statistic="Sum",
        Period=3600,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )

    def state() -> str:
        return str(cloudwatch.describe_alarms(AlarmNames=["hourly"])["MetricAlarms"][0]["StateValue"])

    stack.wait_until(lambda: state() == "OK")
    cloudwatch.set_alarm_state(AlarmName="hourly", StateValue="ALARM", StateReason="a test")
    assert post(stack, "evaluate") == {"evaluated": True}
    assert state() == "OK"


def test_log_volume(up: Up) -> None:
    """What PutLogEvents stores is in AWS/Logs within seconds, by log group."""
    stack = up()
    logs, cloudwatch = client(stack, "logs"), client(stack, "cloudwatch")
    logs.create_log_group(logGroupName="/shop")
    logs.create_log_stream(logGroupName="/shop", logStreamName="one")
    now_s = int(time.time())
    logs.put_log_events(
        logGroupName="/shop",
        logStreamName="one",
        logEvents=[{"timestamp": now_s * 1000, "message": text} for text in ("four", "grün")],
    )

    def summed(name: str) -> tuple[float, str] | None:
        (points,) = [
            cloudwatch.get_metric_statistics(
                Namespace="AWS/Logs",
                MetricName=name,
                Dimensions=[{"Name": "LogGroupName", "Value": "/shop"}],
                StartTime=now_s - 300,
                EndTime=now_s + 300,
                Period=60,
                Statistics=["Sum"],
            )["Datapoints"]
        ]
        return (sum(point["Sum"] for point in points), points[0]["Unit"]) if points else None

    stack.wait_until(lambda: summed("IncomingLogEvents") is not None)
    assert (summed("IncomingBytes"), summed("IncomingLogEvents")) == ((9.0, "Bytes"), (2.0, "None"))


def test_cloudformation_by_boto3(up: Up) -> None:
    """The running template's stack by the Query protocol; a stack that isn't there is AWS's error, an operation that
    changes something is refused by its name.
    """
    stack = up()
    cloudformation = client(stack, "cloudformation")
    (found,) = cloudformation.describe_stacks(StackName="local")["Stacks"]
    assert (found["StackStatus"], found["Parameters"]) == (
        "CREATE_COMPLETE",
        [
            {"ParameterKey": "Memory", "ParameterValue": "256"},
            {"ParameterKey": "Seconds", "ParameterValue": "2"},
        ],
    )
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=found["StackId"])
    assert [
        (one["LogicalResourceId"], one["ResourceType"]) for page in pages for one in page["StackResourceSummaries"]
    ] == [("Tiny", "AWS::Lambda::Function"), ("Api", "AWS::ApiGateway::RestApi")]
    (tiny,) = cloudformation.describe_stack_resources(StackName="local", LogicalResourceId="Tiny")["StackResources"]
    assert (
        client(stack, "lambda").get_function(FunctionName=tiny["PhysicalResourceId"])["Configuration"]["MemorySize"]
        == 256
    )
    with pytest.raises(ClientError) as missing:
        cloudformation.describe_stacks(StackName="no")
    assert missing.value.response["Error"] == {
        "Type": "Sender",
        "Code": "ValidationError",
        "Message": "Stack with id no does not exist",
    }
    with pytest.raises(ClientError) as refused:
        cloudformation.delete_stack(StackName="local")
    assert refused.value.response["Error"]["Code"] == "NotSupportedOnTheLaptop"
    assert "DeleteStack" in refused.value.response["Error"]["Message"]


_OTLP_CLIENT = """
import asyncio, sys
import httpx
from fastapi import FastAPI
from observability import Settings, observe
app = FastAPI()
environment = {"OBSERVABILITY_TRACING": "otel", "OTEL_EXPORTER_OTLP_ENDPOINT": sys.argv[1]}
observe(app, service="by-otlp", settings=Settings.from_env(environment))
@app.get("/things/{thing}")
async def thing(thing: str) -> str:
    return thing
async def ask() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        await client.get("/things/7")
asyncio.run(ask())
"""


def test_otlp_over_http(up: Up) -> None:
    """A service with the otel backend whose endpoint is this one: its trace is found by a filter expression."""
    stack = up()
    ran = subprocess.run(
        [sys.executable, "-c", _OTLP_CLIENT, stack.run["aws"]], capture_output=True, text=True, check=True
    )
    line = json.loads(ran.stdout)
    assert line["TelemetryFailures"] == 0
    xray = client(stack, "xray")
    (found,) = xray.get_trace_summaries(
        StartTime=time.time() - 600, EndTime=time.time() + 60, FilterExpression='service("by-otlp")'
    )["TraceSummaries"]
    assert found["Id"] == line["xray_trace_id"]
    assert {"route", "cold_start", "correlation_id"} <= set(found["Annotations"])
    assert found["Annotations"]["route"][0]["AnnotationValue"]["StringValue"] == "/things/{thing}"
