"""PURE: an HTTP request -> the event that a REST API hands to Lambda.

API Gateway developer guide, "Set up Lambda proxy integrations in API Gateway", input format of a Lambda function for
proxy integration.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def rest_event(
    method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, **about: Any
) -> dict[str, Any]:
    """`body`: as JSON. `about`: further members of requestContext, such as authorizer."""
    sent = {
        "Host": "abc123.execute-api.us-east-1.amazonaws.com",
        "User-Agent": "contract/1",
        "X-Forwarded-For": "192.0.2.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
        **({} if body is None else {"Content-Type": "application/json"}),
        **(headers or {}),
    }
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": _context(method, path) | about,
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def _context(method: str, path: str) -> dict[str, Any]:
    return {
        "resourceId": "abc123",
        "resourcePath": "/{proxy+}",
        "httpMethod": method,
        "path": f"/contract{path}",
        "accountId": "123456789012",
        "protocol": "HTTP/1.1",
        "stage": "contract",
        "domainName": "abc123.execute-api.us-east-1.amazonaws.com",
        "domainPrefix": "abc123",
        "requestTimeEpoch": 1_767_225_600_000,
        "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "identity": {"sourceIp": "192.0.2.7", "userAgent": "contract/1"},
        "apiId": "abc123",
    }
