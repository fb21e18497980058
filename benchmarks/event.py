"""PURE: the request of every measurement, GET /api/health, as a REST API hands it to Lambda.

Source: "Input format of a Lambda function for proxy integration", API Gateway Developer Guide.
"""

import json
from typing import Any

PATH = "/api/health"
HEADERS = {"Accept": "application/json", "Host": "127.0.0.1", "User-Agent": "benchmarks", "X-Forwarded-Proto": "https"}

EVENT: dict[str, Any] = {
    "resource": "/{proxy+}",
    "path": PATH,
    "httpMethod": "GET",
    "headers": HEADERS,
    "multiValueHeaders": {name: [value] for name, value in HEADERS.items()},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": {"proxy": PATH.lstrip("/")},
    "stageVariables": None,
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "bench",
        "domainName": "127.0.0.1",
        "httpMethod": "GET",
        "identity": {"sourceIp": "127.0.0.1", "userAgent": "benchmarks"},
        "path": PATH,
        "protocol": "HTTP/1.1",
        "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "requestTimeEpoch": 1_767_225_600_000,
        "resourcePath": "/{proxy+}",
        "stage": "dev",
    },
    "body": None,
    "isBase64Encoded": False,
}
BYTES = json.dumps(EVENT).encode()


def check(answer: bytes) -> None:
    """Raises RuntimeError unless the function answered 200: a quick error must not pass for a quick service."""
    if json.loads(answer).get("statusCode") != 200:
        raise RuntimeError(f"the function's answer is not 200: {answer[:2000].decode(errors='replace')}")
