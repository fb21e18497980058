"""The trace of AWS page "Getting data from AWS X-Ray" (Example BatchGetTraces output), as sent and as given back.

The three segments that were sent, and the two that X-Ray inferred. The page shows this trace's summary as well.
"""

from typing import Any

TRACE_ID = "1-59602603-23fc5b688855d396af79b496"
USER_AGENT = (
    "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/59.0.3071.115 Safari/537.36"
)
FUNCTION_ARN = "arn:aws:lambda:us-west-2:123456789012:function:random-name"
UPDATE = {
    "table_name": "scorekeep-user",
    "operation": "UpdateItem",
    "request_id": "MFQ8CGJ3JTDDVVVASUAAJGQ6NJ82F738BOB4KQNSO5AEMVJF66Q9",
    "resource_names": ["scorekeep-user"],
}
PUBLISH = {
    "operation": "Publish",
    "region": "us-west-2",
    "request_id": "a2137970-f6fc-5029-83e8-28aadeb99198",
    "retries": 0,
    "topic_arn": "arn:aws:sns:us-west-2:123456789012:awseb-e-ruag3jyweb-stack-NotificationTopic-6B829NT9V5O9",
}
LAMBDA_SERVICE: dict[str, Any] = {
    "id": "1fb07842d944e714",
    "name": "random-name",
    "start_time": 1.499473411677e9,
    "end_time": 1.499473414572e9,
    "parent_id": "0c544c1b1bbff948",
    "http": {"response": {"status": 200}},
    "aws": {"request_id": "ac086670-6373-11e7-a174-f31b3397f190"},
    "trace_id": TRACE_ID,
    "origin": "AWS::Lambda",
    "resource_arn": FUNCTION_ARN,
}
SCOREKEEP: dict[str, Any] = {
    "id": "194fcc8747581230",
    "name": "Scorekeep",
    "start_time": 1.499473411562e9,
    "end_time": 1.499473414794e9,
    "http": {
        "request": {
            "url": "http://scorekeep.elasticbeanstalk.com/api/user",
            "method": "POST",
            "user_agent": USER_AGENT,
            "client_ip": "205.251.233.183",
        },
        "response": {"status": 200},
    },
    "aws": {
        "elastic_beanstalk": {
            "version_label": "app-abb9-170708_002045",
            "deployment_id": 406,
            "environment_name": "scorekeep-dev",
        },
        "ec2": {"availability_zone": "us-west-2c", "instance_id": "i-0cd9e448944061b4a"},
        "xray": {"sdk_version": "1.1.2", "sdk": "X-Ray for Java"},
    },
    "service": {},
    "trace_id": TRACE_ID,
    "user": "5M388M1E",
    "origin": "AWS::ElasticBeanstalk::Environment",
    "subsegments": [
        {
            "id": "0c544c1b1bbff948",
            "name": "Lambda",
            "start_time": 1.499473411629e9,
            "end_time": 1.499473414572e9,
            "http": {"response": {"status": 200, "content_length": 14}},
            "aws": {"function_name": "random-name", "operation": "Invoke", "resource_names": ["random-name"]},
            "namespace": "aws",
        },
        {
            "id": "071684f2e555e571",
            "name": "## UserModel.saveUser",
            "start_time": 1.499473414581e9,
            "end_time": 1.499473414769e9,
            "metadata": {"debug": {"test": "Metadata string from UserModel.saveUser"}},
            "subsegments": [
                {
                    "id": "4cd3f10b76c624b4",
                    "name": "DynamoDB",
                    "start_time": 1.49947341469e9,
                    "end_time": 1.499473414769e9,
                    "http": {"response": {"status": 200, "content_length": 57}},
                    "aws": UPDATE,
                    "namespace": "aws",
                }
            ],
        },
    ],
}
FUNCTION: dict[str, Any] = {
    "id": "00f91aa01f4984fd",
    "name": "random-name",
    "start_time": 1.49947341283e9,
    "end_time": 1.49947341457e9,
    "parent_id": "1fb07842d944e714",
    "aws": {"function_arn": FUNCTION_ARN, "resource_names": ["random-name"], "account_id": "123456789012"},
    "trace_id": TRACE_ID,
    "origin": "AWS::Lambda::Function",
    "subsegments": [
        {
            "id": "e6d2fe619f827804",
            "name": "annotations",
            "start_time": 1.499473413012e9,
            "end_time": 1.499473413069e9,
            "annotations": {"UserID": "5M388M1E", "Name": "Ola"},
        },
        {
            "id": "b29b548af4d54a0f",
            "name": "SNS",
            "start_time": 1.499473413112e9,
            "end_time": 1.499473414071e9,
            "http": {"response": {"status": 200}},
            "aws": PUBLISH,
            "namespace": "aws",
        },
        {
            "id": "2279c0030c955e52",
            "name": "Initialization",
            "start_time": 1.499473412064e9,
            "end_time": 1.499473412819e9,
            "aws": {"function_arn": FUNCTION_ARN},
        },
    ],
}
SENT = (SCOREKEEP, LAMBDA_SERVICE, FUNCTION)

# Without their ids, which X-Ray made up (17ba309b32c7fbaf and 1ee3c4a523f89ca5 there).
INFERRED_TABLE: dict[str, Any] = {
    "name": "DynamoDB",
    "start_time": 1.49947341469e9,
    "end_time": 1.499473414769e9,
    "parent_id": "4cd3f10b76c624b4",
    "inferred": True,
    "http": {"response": {"status": 200, "content_length": 57}},
    "aws": UPDATE,
    "trace_id": TRACE_ID,
    "origin": "AWS::DynamoDB::Table",
}
INFERRED_TOPIC: dict[str, Any] = {
    "name": "SNS",
    "start_time": 1.499473413112e9,
    "end_time": 1.499473414071e9,
    "parent_id": "b29b548af4d54a0f",
    "inferred": True,
    "http": {"response": {"status": 200}},
    "aws": PUBLISH,
    "trace_id": TRACE_ID,
    "origin": "AWS::SNS",
}
