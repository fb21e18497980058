"""AUTH_MODE against every kind of credential, on a reading and on a writing route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
import pytest

from service.settings import AuthMode, AuthSettings
from tests.service.auth.door import GOOD_KEY, GOOD_KEY_SHA256, Caller, bearer, service, with_keys, with_tokens
from tests.service.auth.issuer import AUDIENCE, ISSUER, claims

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from tests.service.auth.issuer import Issuer


REST_EVENT = {
    "version": "1.0",
    "requestContext": {"authorizer": {"claims": {"sub": "cognito-user", "scope": "items/read"}}},
}


@pytest.fixture
def credentials(issuer: Issuer, signing_rsa: rsa.RSAPrivateKey) -> dict[str, tuple[tuple[str, str], ...]]:
    good = jwt.encode(claims(), signing_rsa, "RS256", {"kid": "rsa-1"})
    late = jwt.encode(claims(exp=1_600_000_000, iat=None), signing_rsa, "RS256", {"kid": "rsa-1"})
    return {
        "none": (),
        "good key": (("X-Api-Key", GOOD_KEY),),
        "bad key": (("X-Api-Key", "Tr0ub4dor&3"),),
        "good token": (bearer(good),),
        "bad token": (bearer(late),),
        "good key, bad token": (("X-Api-Key", GOOD_KEY), bearer(late)),
        "bad key, good token": (("X-Api-Key", "Tr0ub4dor&3"), bearer(good)),
        "both good": (("X-Api-Key", GOOD_KEY), bearer(good)),
    }


EXPECTED = {
    # AUTH_MODE: what a read and a write get: a status, or the kind of principal that a 200 names
    "none": {"off": ("off", "off"), "writes": ("off", "401"), "required": ("401", "401")},
    "good key": {"off": ("off", "off"), "writes": ("api_key", "api_key"), "required": ("api_key", "api_key")},
    "bad key": {"off": ("off", "off"), "writes": ("401", "401"), "required": ("401", "401")},
    "good token": {"off": ("off", "off"), "writes": ("jwt", "jwt"), "required": ("jwt", "jwt")},
    "bad token": {"off": ("off", "off"), "writes": ("401", "401"), "required": ("401", "401")},
    "good key, bad token": {"off": ("off", "off"), "writes": ("401", "401"), "required": ("401", "401")},
    "bad key, good token": {"off": ("off", "off"), "writes": ("401", "401"), "required": ("401", "401")},
    "both good": {"off": ("off", "off"), "writes": ("jwt", "jwt"), "required": ("jwt", "jwt")},
}


@pytest.mark.parametrize("mode", list(AuthMode))
@pytest.mark.parametrize("credential", list(EXPECTED))
def test_mode_and_credential(
    issuer: Issuer, credentials: dict[str, tuple[tuple[str, str], ...]], credential: str, mode: AuthMode
) -> None:
    """The mode says who needs a credential; one that is shown must hold, on public routes too; off looks at none."""
    ways: dict[str, Any] = {"jwks_url": issuer.url, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
    caller = Caller(service(AuthSettings(mode=mode, api_keys_sha256=(GOOD_KEY_SHA256,), **ways)))
    answers = caller.read(*credentials[credential]), caller.write(*credentials[credential])
    assert tuple(_seen(answer) for answer in answers) == EXPECTED[credential][mode.value]


def _seen(answer: Any) -> str:
    return str(answer.json()["kind"]) if answer.status_code == 200 else str(answer.status_code)


@pytest.mark.parametrize(
    ("mode", "event", "expected"),
    [
        (AuthMode.OFF, REST_EVENT, ("off", "off")),
        (AuthMode.WRITES, REST_EVENT, ("gateway", "gateway")),
        (AuthMode.REQUIRED, REST_EVENT, ("gateway", "gateway")),
        (AuthMode.OFF, None, ("off", "off")),
        (AuthMode.WRITES, None, ("off", "401")),
        (AuthMode.REQUIRED, None, ("401", "401")),
    ],
)
def test_mode_and_gateway(mode: AuthMode, event: dict[str, Any] | None, expected: tuple[str, str]) -> None:
    """An authorizer's caller is as good as one with a key; without API Gateway (uvicorn) there is none."""
    caller = Caller(service(AuthSettings(mode=mode, gateway_claims=True)), event)
    assert (_seen(caller.read()), _seen(caller.write())) == expected


def test_unconfigured_credentials_are_none(issuer: Issuer) -> None:
    """X-Api-Key without configured keys is API Gateway's (usage plans), Authorization without a JWKS another's."""
    no_tokens = Caller(service(with_keys(AuthMode.WRITES)))
    assert no_tokens.read(bearer("not.for.us")).json()["kind"] == "off"
    no_keys = Caller(service(with_tokens(issuer.url, AuthMode.WRITES)))
    assert no_keys.read(("X-Api-Key", "usage-plan-key")).json()["kind"] == "off"
    assert no_keys.read(("Authorization", "Basic dXNlcjpwYXNz")).json()["kind"] == "off"
    assert no_keys.write(("Authorization", "Basic dXNlcjpwYXNz")).status_code == 401


@pytest.mark.parametrize("name", ["X-Api-Key", "Authorization"])
def test_two_of_a_kind(issuer: Issuer, name: str) -> None:
    """Two headers of one kind are refused: another reader before us may have believed the other one."""
    ways: dict[str, Any] = {"jwks_url": issuer.url, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
    settings = AuthSettings(mode=AuthMode.WRITES, api_keys_sha256=(GOOD_KEY_SHA256,), **ways)
    value = GOOD_KEY if name == "X-Api-Key" else "Bearer a.b.c"
    answer = Caller(service(settings)).read((name, value), (name, value))
    assert answer.status_code == 401
    assert answer.json()["detail"] == "A credential was sent more than once"


def test_challenges(issuer: Issuer, signing_rsa: rsa.RSAPrivateKey) -> None:
    """A 401 says how to do better (RFC 9110, 15.5.2); an error code only when there was a token (RFC 6750, 3)."""
    tokens = Caller(service(with_tokens(issuer.url)))
    assert tokens.read().headers["WWW-Authenticate"] == 'Bearer realm="items"'
    late = jwt.encode(claims(exp=1_600_000_000, iat=None), signing_rsa, "RS256", {"kid": "rsa-1"})
    assert (
        tokens.read(bearer(late)).headers["WWW-Authenticate"]
        == 'Bearer realm="items", error="invalid_token", error_description="The token expired"'
    )
    assert Caller(service(with_keys())).read().headers["WWW-Authenticate"] == 'ApiKey realm="items"'
    ways: dict[str, Any] = {"jwks_url": issuer.url, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
    both = Caller(service(AuthSettings(mode=AuthMode.REQUIRED, api_keys_sha256=(GOOD_KEY_SHA256,), **ways)))
    assert both.read().headers["WWW-Authenticate"] == 'Bearer realm="items", ApiKey realm="items"'


def test_problem_document(issuer: Issuer) -> None:
    """A refusal is an RFC 9457 document that says why in words made here, not in the client's."""
    answer = Caller(service(with_tokens(issuer.url))).read(bearer("marker"))
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert (document["status"], document["title"]) == (401, "Unauthorized")
    assert document["detail"] == "The token is not a signed JWT"
    assert "marker" not in answer.text


@pytest.mark.parametrize(
    ("mode", "keys", "gateway", "expected"),
    [
        (AuthMode.OFF, (), False, None),
        (AuthMode.WRITES, (GOOD_KEY_SHA256,), False, ["APIKeyHeader"]),
        (AuthMode.REQUIRED, (), True, ["HTTPBearer"]),
        (AuthMode.REQUIRED, (GOOD_KEY_SHA256,), True, ["APIKeyHeader", "HTTPBearer"]),
    ],
)
def test_openapi(mode: AuthMode, keys: tuple[str, ...], *, gateway: bool, expected: list[str] | None) -> None:
    """The OpenAPI document names the ways that are configured, and no others: /docs offers what works."""
    app = service(AuthSettings(mode=mode, api_keys_sha256=keys, gateway_claims=gateway))
    document = app.openapi()
    security = document["paths"]["/things"]["post"].get("security")
    assert (security and sorted(name for way in security for name in way)) == expected
    schemes = document.get("components", {}).get("securitySchemes", {})
    if "APIKeyHeader" in schemes:
        assert schemes["APIKeyHeader"] == {"type": "apiKey", "in": "header", "name": "X-Api-Key"}
    if "HTTPBearer" in schemes:
        assert schemes["HTTPBearer"] == {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
