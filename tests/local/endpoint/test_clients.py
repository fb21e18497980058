"""boto3's clients, in every protocol that botocore's models have for a service."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.errors import AwsError

WHEN = datetime(2026, 11, 26, 1, 2, 3, tzinfo=UTC)
CLOUDWATCH = ["smithy-rpc-v2-cbor", "json", "query"]


@pytest.mark.parametrize("protocol", CLOUDWATCH)
def test_cloudwatch_parameters_arrive_as_boto3_takes_them(serve: Any, protocol: str) -> None:
    """PutMetricData: nested lists, numbers, and timestamps as aware datetimes in UTC, whatever the protocol."""
    served = serve(cloudwatch={"PutMetricData": {}})
    here = WHEN.astimezone(timezone(timedelta(hours=5, minutes=30)))
    datum = {
        "MetricName": "Latency",
        "Dimensions": [{"Name": "route", "Value": "/items/{id} & <more>"}, {"Name": "stage", "Value": "é"}],
        "Timestamp": here,
        "Values": [1.5, 2.0],
        "Counts": [1.0, 3.0],
        "Unit": "Milliseconds",
        "StorageResolution": 1,
    }
    served.client("cloudwatch", protocol).put_metric_data(Namespace="shop", MetricData=[datum, {"MetricName": "n"}])
    (call,) = served.calls
    assert (call.service, call.operation, call.region) == ("cloudwatch", "PutMetricData", "eu-west-1")
    assert call.parameters == {
        "Namespace": "shop",
        "MetricData": [{**datum, "Timestamp": WHEN}, {"MetricName": "n"}],
    }
    assert call.parameters["MetricData"][0]["Timestamp"].tzinfo is UTC


@pytest.mark.parametrize("protocol", CLOUDWATCH)
def test_cloudwatch_answers_arrive_as_boto3_gives_them(serve: Any, protocol: str) -> None:
    """GetMetricData: results with timestamps and values, empty lists, a request id in ResponseMetadata."""
    answer = {
        "MetricDataResults": [
            {"Id": "a", "Label": "p99 <&>", "Timestamps": [WHEN], "Values": [12.25], "StatusCode": "Complete"},
            {"Id": "b", "Label": "", "Timestamps": [], "Values": [], "StatusCode": "PartialData"},
        ],
        "Messages": [],
    }
    served = serve(cloudwatch={"GetMetricData": answer})
    found = served.client("cloudwatch", protocol).get_metric_data(
        MetricDataQueries=[{"Id": "a", "Expression": "SUM(METRICS())"}], StartTime=WHEN, EndTime=WHEN
    )
    metadata = found.pop("ResponseMetadata")
    for result in found["MetricDataResults"]:
        result["Label"] = result["Label"] or ""
    assert found == answer
    assert metadata["HTTPStatusCode"] == 200
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]


@pytest.mark.parametrize("protocol", CLOUDWATCH)
def test_modelled_errors_have_the_querys_code_and_their_members(serve: Any, protocol: str) -> None:
    """PutDashboard, a body that is no dashboard: DashboardInvalidInputError has the code InvalidParameterInput (API
    reference, PutDashboard, Errors) in every protocol, the status 400, and the messages.
    """

    def refuse(_call: Any) -> Any:
        messages = [{"DataPath": "/widgets/0", "Message": "Should have property 'type'"}]
        raise AwsError(
            "DashboardInvalidInputError",
            "The field DashboardBody is wrong",
            members={"dashboardValidationMessages": messages},
        )

    served = serve(cloudwatch={"PutDashboard": refuse})
    client = served.client("cloudwatch", protocol)
    with pytest.raises(client.exceptions.DashboardInvalidInputError) as raised:
        client.put_dashboard(DashboardName="d", DashboardBody="{}")
    answer = raised.value.response
    assert answer["Error"]["Code"] == "InvalidParameterInput"
    assert answer["Error"]["Message"] == "The field DashboardBody is wrong"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["dashboardValidationMessages"] == [
        {"DataPath": "/widgets/0", "Message": "Should have property 'type'"}
    ]


def test_logs_and_xray_and_lambda_and_sns_and_cloudformation_are_told_apart(serve: Any) -> None:
    """One port, five services: by target, by path, by the scope of the signature."""
    served = serve(
        logs={"PutLogEvents": {"nextSequenceToken": "t"}},
        xray={"PutTraceSegments": {"UnprocessedTraceSegments": []}},
        sns={"Publish": {"MessageId": "m"}},
        cloudformation={"DescribeStacks": {"Stacks": []}},
        **{"lambda": {"ListFunctions": {"Functions": []}}},
    )
    events = [{"timestamp": 1, "message": "one"}]
    assert (
        served.client("logs").put_log_events(logGroupName="g", logStreamName="s", logEvents=events)["nextSequenceToken"]
        == "t"
    )
    assert served.client("xray").put_trace_segments(TraceSegmentDocuments=["{}"])["UnprocessedTraceSegments"] == []
    assert served.client("lambda").list_functions(MaxItems=5)["Functions"] == []
    topic = "arn:aws:sns:us-east-1:123456789012:t"
    assert served.client("sns").publish(TopicArn=topic, Message="hi")["MessageId"] == "m"
    assert served.client("cloudformation").describe_stacks(StackName="s")["Stacks"] == []
    assert [(call.service, dict(call.parameters)) for call in served.calls] == [
        ("logs", {"logGroupName": "g", "logStreamName": "s", "logEvents": events}),
        ("xray", {"TraceSegmentDocuments": ["{}"]}),
        ("lambda", {"MaxItems": 5}),
        ("sns", {"TopicArn": topic, "Message": "hi"}),
        ("cloudformation", {"StackName": "s"}),
    ]


def test_a_blob_in_the_body_and_members_in_headers(serve: Any) -> None:
    """Lambda's Invoke (API reference): the payload is the body, the qualifier a field, the rest headers."""
    answer = {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": b'{"a": 1}', "ExecutedVersion": "$LATEST"}
    served = serve(**{"lambda": {"Invoke": answer}})
    name = "arn:aws:lambda:us-east-1:123456789012:function:items"
    found = served.client("lambda").invoke(
        FunctionName=name, Payload=b"\x00\xff{", Qualifier="live", InvocationType="RequestResponse", LogType="Tail"
    )
    assert found["Payload"].read() == b'{"a": 1}'
    assert (found["StatusCode"], found["FunctionError"], found["ExecutedVersion"]) == (200, "Unhandled", "$LATEST")
    assert served.calls[0].parameters == {
        "FunctionName": name,
        "Payload": b"\x00\xff{",
        "Qualifier": "live",
        "InvocationType": "RequestResponse",
        "LogType": "Tail",
    }


def test_paths_that_differ_in_a_field_alone(serve: Any) -> None:
    """ListProvisionedConcurrencyConfigs has ?List=ALL, GetProvisionedConcurrencyConfig has not (API reference)."""
    names = ["ListProvisionedConcurrencyConfigs", "GetProvisionedConcurrencyConfig", "GetFunction", "ListFunctions"]
    served = serve(**{"lambda": {name: {} for name in names}})
    client = served.client("lambda")
    client.list_provisioned_concurrency_configs(FunctionName="f")
    client.get_provisioned_concurrency_config(FunctionName="f", Qualifier="1")
    client.get_function(FunctionName="f")
    client.list_functions()
    assert [call.operation for call in served.calls] == names
    assert served.calls[0].parameters == {"FunctionName": "f"}


def test_a_rest_error_has_its_models_status(serve: Any) -> None:
    """Lambda: ResourceNotFoundException is 404 and has a Type (API reference, GetFunction, Errors)."""

    def refuse(_call: Any) -> Any:
        raise AwsError("ResourceNotFoundException", "Function not found: x", members={"Type": "User"})

    client = serve(**{"lambda": {"GetFunction": refuse}}).client("lambda")
    with pytest.raises(client.exceptions.ResourceNotFoundException) as raised:
        client.get_function(FunctionName="x")
    answer = raised.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert (answer["Error"]["Code"], answer["Type"]) == ("ResourceNotFoundException", "User")
    assert answer["Error"]["Message"] == "Function not found: x"


def test_an_operation_of_the_model_that_is_not_offered_is_refused_by_name(serve: Any) -> None:
    """The answer names the service and the operation; it is no silent success."""
    client = serve(logs={}).client("logs")
    with pytest.raises(
        ClientError, match="logs: the operation DescribeDestinations is not supported on the laptop"
    ) as raised:
        client.describe_destinations()
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_bug_of_ours_is_a_500_and_told(serve: Any) -> None:
    """An operation that fails gives InternalFailure, a traceback for the terminal, and the server lives on."""
    served = serve(logs={"DescribeLogGroups": lambda call: call.parameters["missing"]})
    client = served.client("logs")
    for _ in range(2):
        with pytest.raises(ClientError, match="InternalFailure"):
            client.describe_log_groups()
    assert "KeyError: 'missing'" in served.told[0]


def test_shapes_of_one_name_in_two_services_are_two_shapes(serve: Any) -> None:
    """A Timestamp is a moment to X-Ray and a text to Lambda, whichever of them was asked first."""
    summaries = {"TraceSummaries": [], "ApproximateTime": WHEN, "TracesProcessedCount": 0}
    function = {"FunctionName": "items", "LastModified": "2026-11-26T01:02:03.000+0000"}
    served = serve(xray={"GetTraceSummaries": summaries}, **{"lambda": {"GetFunctionConfiguration": function}})
    for _ in range(2):
        found = served.client("xray").get_trace_summaries(StartTime=WHEN, EndTime=WHEN)
        assert found["ApproximateTime"] == WHEN
        modified = served.client("lambda").get_function_configuration(FunctionName="items")["LastModified"]
        assert modified == "2026-11-26T01:02:03.000+0000"
    assert served.told == []
