"""The trace of AWS page "Getting data from AWS X-Ray" (Example BatchGetTraces output), as that page shows it."""

import json
from typing import Any

TRACE_ID = "1-59602603-23fc5b688855d396af79b496"
SCOREKEEP: dict[str, Any] = {
    "id": "194fcc8747581230",
    "name": "Scorekeep",
    "start_time": 1.499473411562e9,
    "end_time": 1.499473414794e9,
    "http": {
        "request": {"url": "http://scorekeep.elasticbeanstalk.com/api/user", "method": "POST"},
        "response": {"status": 200},
    },
    "trace_id": TRACE_ID,
    "user": "5M388M1E",
    "origin": "AWS::ElasticBeanstalk::Environment",
    "subsegments": [
        {
            "id": "0c544c1b1bbff948",
            "name": "Lambda",
            "start_time": 1.499473411629e9,
            "end_time": 1.499473414572e9,
            "aws": {"function_name": "random-name", "operation": "Invoke"},
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
                    "namespace": "aws",
                }
            ],
        },
    ],
}
LAMBDA_SERVICE: dict[str, Any] = {
    "id": "1fb07842d944e714",
    "name": "random-name",
    "start_time": 1.499473411677e9,
    "end_time": 1.499473414572e9,
    "parent_id": "0c544c1b1bbff948",
    "trace_id": TRACE_ID,
    "origin": "AWS::Lambda",
}
FUNCTION: dict[str, Any] = {
    "id": "00f91aa01f4984fd",
    "name": "random-name",
    "start_time": 1.49947341283e9,
    "end_time": 1.49947341457e9,
    "parent_id": "1fb07842d944e714",
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
            "namespace": "aws",
        },
        {
            "id": "2279c0030c955e52",
            "name": "Initialization",
            "start_time": 1.499473412064e9,
            "end_time": 1.499473412819e9,
            "aws": {"function_arn": "arn:aws:lambda:us-west-2:123456789012:function:random-name"},
        },
    ],
}
INFERRED_TABLE: dict[str, Any] = {
    "id": "17ba309b32c7fbaf",
    "name": "DynamoDB",
    "start_time": 1.49947341469e9,
    "end_time": 1.499473414769e9,
    "parent_id": "4cd3f10b76c624b4",
    "inferred": True,
    "trace_id": TRACE_ID,
    "origin": "AWS::DynamoDB::Table",
}
DOCUMENTS = (LAMBDA_SERVICE, INFERRED_TABLE, FUNCTION, SCOREKEEP)


def copy(document: dict[str, Any]) -> Any:
    return json.loads(json.dumps(document))
