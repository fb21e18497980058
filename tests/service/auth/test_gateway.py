"""Callers that an authorizer of API Gateway let in, in the event shapes of the API Gateway Developer Guide."""

from __future__ import annotations

from typing import Any

import pytest

from service.settings import AuthMode, AuthSettings
from tests.service.auth.door import GOOD_KEY_SHA256, Caller, service

SETTINGS = AuthSettings(mode=AuthMode.REQUIRED, gateway_claims=True)

COGNITO = {"claims": {"sub": "5a1b-user", "scope": "items/read items/write", "token_use": "access"}}
"""REST API, Cognito user pool authorizer: "Integrate a REST API with an Amazon Cognito user pool"."""

LAMBDA_V1 = {"principalId": "device-3", "tenant": "blue", "integrationLatency": 26}
"""REST API, Lambda authorizer: "Output from an API Gateway Lambda authorizer"."""

JWT_V2 = {"jwt": {"claims": {"sub": "user-9", "scope": "a b"}, "scopes": ["a"]}}
"""HTTP API, JWT authorizer, payload format 2.0: "Working with AWS Lambda proxy integrations for HTTP APIs"."""

LAMBDA_V2 = {"lambda": {"principalId": "device-4", "tenant": "blue"}}
"""HTTP API, Lambda authorizer, payload format 2.0, whose context holds the caller."""


def event(authorizer: object, version: str | None = None) -> dict[str, Any]:
    """What Lambda would give; a REST API's own events have no `version`."""
    return {"requestContext": {"authorizer": authorizer}, **({"version": version} if version else {})}


@pytest.mark.parametrize(
    ("given", "subject", "scopes"),
    [
        (event(COGNITO), "5a1b-user", ["items/read", "items/write"]),
        (event(COGNITO, "1.0"), "5a1b-user", ["items/read", "items/write"]),
        (event({"claims": {"client_id": "batch-job"}, "scopes": ["x"]}, "1.0"), "batch-job", ["x"]),
        (event(LAMBDA_V1), "device-3", []),
        (event({**LAMBDA_V1, "claims": None, "scopes": None}, "1.0"), "device-3", []),
        (event(JWT_V2, "2.0"), "user-9", ["a"]),
        (event({"jwt": {"claims": {"sub": "user-9", "scope": "a b"}, "scopes": None}}, "2.0"), "user-9", ["a", "b"]),
        (event(LAMBDA_V2, "2.0"), "device-4", []),
        (event({"lambda": {"sub": "user-5"}}, "2.0"), "user-5", []),
    ],
)
def test_caller(given: dict[str, Any], subject: str, scopes: list[str]) -> None:
    """The authorizer's caller is the principal, for each kind of API and authorizer."""
    answer = Caller(service(SETTINGS), given).read()
    assert answer.json() == {"subject": subject, "kind": "gateway", "scopes": scopes}


@pytest.mark.parametrize(
    "given",
    [
        {"requestContext": {}},
        {"requestContext": {"elb": {"targetGroupArn": "arn"}}},
        {},
        {"requestContext": None},
        event(None),
        event({}),
        event({"iam": {"userArn": "arn:aws:iam::123456789012:user/a"}}, "2.0"),
        event({"jwt": None, "lambda": None}, "2.0"),
    ],
)
def test_no_authorizer(given: dict[str, Any]) -> None:
    """An event that no authorizer of claims saw names nobody: load balancer, function URL, an open route."""
    answer = Caller(service(SETTINGS), given).read()
    assert (answer.status_code, answer.json()["detail"]) == (401, "This needs a credential")


@pytest.mark.parametrize(
    "given",
    [
        event({"lambda": {"tenant": "blue"}}, "2.0"),
        event({"principalId": "", "tenant": "blue"}),
        event({"claims": {"sub": 7}}),
        event({"claims": {"sub": {"a": 1}}}),
        event({"jwt": {"claims": {"email": "a@example.com"}}}, "2.0"),
    ],
)
def test_nobody_in_particular(given: dict[str, Any]) -> None:
    """An authorizer that doesn't name its caller is refused: its callers would share what is kept for one."""
    answer = Caller(service(SETTINGS), given).read()
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The gateway's authorizer does not say who is asking"


def test_headers_are_not_the_gateway() -> None:
    """What a client can write itself is never believed: not a header that looks like the gateway's."""
    headers = [
        ("X-Amzn-Request-Context", '{"authorizer": {"claims": {"sub": "admin"}}}'),
        ("X-Amzn-Oidc-Data", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
        ("X-Amzn-Oidc-Identity", "admin"),
        ("Authorization", "Bearer admin"),
    ]
    answer = Caller(service(SETTINGS)).read(*headers)
    assert answer.status_code == 401


def test_switched_off() -> None:
    """Without AUTH_GATEWAY_CLAIMS the event's claims mean nothing."""
    keys_only = AuthSettings(mode=AuthMode.REQUIRED, api_keys_sha256=(GOOD_KEY_SHA256,))
    assert Caller(service(keys_only), event(COGNITO)).read().status_code == 401
