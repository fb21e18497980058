import json
import re
from typing import Any

from local.lambda_runtime import FunctionConfig
from local.lambda_runtime.failures import exited, posted
from local.lambda_runtime.segments import Times, Trace, invocation_segments
from tests.local.lambda_runtime.stage import Stage

CONFIG = FunctionConfig("items", "app.handler")
PLACE = Trace(
    "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8", "1111111111111111", "2222222222222222", sampled=True
)
ARN = "arn:aws:lambda:us-east-1:123456789012:function:items"


def _documents(times: Times, failure: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
    service, function = invocation_segments(CONFIG, PLACE, "the-request", times, failure)
    return dict(service), dict(function)


def test_the_service_segment_of_a_warm_invocation() -> None:
    """AWS::Lambda: below the caller, with the request id, the status of Invoke and the function's ARN.

    Source: the AWS page "Visualize Lambda function invocations using AWS X-Ray".
    """
    service, _ = _documents(Times(received=10.0, started=10.1, answered=10.5, ended=10.6))
    assert service == {
        "id": "1111111111111111",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "parent_id": "53995c3f42cd8ad8",
        "name": "items",
        "origin": "AWS::Lambda",
        "start_time": 10.0,
        "end_time": 10.6,
        "http": {"response": {"status": 200}},
        "aws": {"request_id": "the-request"},
        "resource_arn": ARN,
    }


def test_the_function_segment_of_a_warm_invocation() -> None:
    """AWS::Lambda::Function: below the service segment, with Invocation and Overhead."""
    _, function = _documents(Times(received=10.0, started=10.1, answered=10.5, ended=10.6))
    subsegments = function.pop("subsegments")
    assert function == {
        "id": "2222222222222222",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "parent_id": "1111111111111111",
        "name": "items",
        "origin": "AWS::Lambda::Function",
        "start_time": 10.1,
        "end_time": 10.6,
        "aws": {"function_arn": ARN, "request_id": "the-request", "account_id": "123456789012"},
    }
    assert [(part["name"], part["start_time"], part["end_time"]) for part in subsegments] == [
        ("Invocation", 10.1, 10.5),
        ("Overhead", 10.5, 10.6),
    ]
    assert all(re.fullmatch("[0-9a-f]{16}", part["id"]) for part in subsegments)


def test_a_cold_start_has_its_initialization() -> None:
    """Initialization comes first with its own times, and the function's segment begins with it."""
    _, function = _documents(Times(received=10.0, started=10.9, answered=11.0, ended=11.0, init=(10.1, 10.8)))
    names = [(part["name"], part["start_time"], part["end_time"]) for part in function["subsegments"]]
    assert names == [("Initialization", 10.1, 10.8), ("Invocation", 10.9, 11.0), ("Overhead", 11.0, 11.0)]
    assert function["start_time"] == 10.1


def test_a_failure_is_a_fault_with_its_cause() -> None:
    """An error of the function is a fault in both segments; the cause is what the runtime client posted."""
    cause = {"working_directory": "/var/task", "exceptions": [{"type": "ValueError", "message": "no"}], "paths": []}
    failure = posted(b'{"errorType":"ValueError","errorMessage":"no"}', None, cause)
    service, function = _documents(Times(1.0, 1.0, 2.0, 2.0), failure)
    assert service["fault"] is True
    assert function["fault"] is True
    assert function["cause"] == cause


def test_a_crash_is_a_fault_in_lambdas_words() -> None:
    """Where no runtime client could post a cause, the failure's own type and message are it."""
    _, function = _documents(Times(1.0, 1.0, 2.0, 2.0), exited("the-request", 3))
    (exception,) = function["cause"]["exceptions"]
    assert exception["type"] == "Runtime.ExitError"
    assert exception["message"] == "RequestId: the-request Error: Runtime exited with error: exit status 3"


def test_the_segments_of_a_real_invocation_are_one_tree(stage: Stage) -> None:
    """The header that the function saw names the function's segment, which is the service segment's child."""
    source = "import os\ndef handler(event, context): return os.environ['_X_AMZN_TRACE_ID']"
    cold, warm = stage.play(source, 1, 2)
    documents = stage.recorder.documents
    assert [document["origin"] for document in documents] == ["AWS::Lambda", "AWS::Lambda::Function"] * 2
    for at, result in enumerate((cold, warm)):
        service, function = documents[2 * at], documents[2 * at + 1]
        seen = json.loads(result.payload)
        assert seen == f"Root={function['trace_id']};Parent={function['id']};Sampled=1"
        assert function["parent_id"] == service["id"]
        assert service["aws"]["request_id"] == result.request_id
        assert "parent_id" not in service
        assert service["start_time"] <= function["start_time"] <= function["end_time"] <= service["end_time"]
    assert [part["name"] for part in documents[1]["subsegments"]] == ["Initialization", "Invocation", "Overhead"]
    assert [part["name"] for part in documents[3]["subsegments"]] == ["Invocation", "Overhead"]


def test_a_raised_exception_is_in_the_trace(stage: Stage) -> None:
    """Both runtime clients post the cause of an exception, and it is the function segment's."""
    stage.play("def handler(event, context):\n    raise ValueError('no')", None)
    function = stage.recorder.documents[1]
    assert function["fault"] is True
    (exception,) = function["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("ValueError", "no")
    assert exception["stack"][0]["label"] == "handler"


def test_a_timeout_is_in_the_trace(stage: Stage) -> None:
    """A killed sandbox can't tell: Lambda's segments do."""
    stage.play("import time\ndef handler(event, context): time.sleep(600)", None, timeout_s=0.5)
    service, function = stage.recorder.documents
    assert service["fault"] is True
    assert function["cause"]["exceptions"][0]["type"] == "Sandbox.Timedout"
