"""No key and no token ends up anywhere but in the request that brought it."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from tests.service.auth.door import GOOD_KEY, GOOD_KEY_SHA256
from tests.service.auth.issuer import AUDIENCE, ISSUER, claims, rsa_key

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import rsa

    from tests.service.auth.issuer import Issuer

MARKER = "zq8vMARKERx1k"
BAD_KEY = f"bad-key-{MARKER}"

PROGRAM = """
import json, logging, sys
logging.basicConfig(level=logging.DEBUG)
from service.handler import lambda_handler
class Context:
    aws_request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
    def get_remaining_time_in_millis(self): return 10_000
answers = [lambda_handler(event, Context()) for event in json.load(open(sys.argv[1]))]
json.dump(answers, open(sys.argv[2], "w"))
"""


@dataclass
class Left:
    """All that a run of the deployed handler left behind."""

    answers: list[dict[str, Any]]
    stdout: str
    stderr: str
    documents: str

    def whole(self) -> str:
        return "\n".join((json.dumps(self.answers), self.stdout, self.stderr, self.documents))

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.splitlines() if line.startswith("{") and '"route"' in line]


def run(folder: Path, events: list[dict[str, Any]], **variables: str) -> Left:
    (folder / "events.json").write_text(json.dumps(events))
    with socket.socket(type=socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        environment = {
            "PATH": "/usr/bin:/bin",
            "AWS_LAMBDA_FUNCTION_NAME": "items",
            "_X_AMZN_TRACE_ID": "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1",
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
            "ITEMS_DATABASE": str(folder / "items.sqlite3"),
            **variables,
        }
        command = [sys.executable, "-c", PROGRAM, str(folder / "events.json"), str(folder / "answers.json")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        documents = "".join(_waiting(daemon))
    return Left(json.loads((folder / "answers.json").read_text()), done.stdout, done.stderr, documents)


def _waiting(daemon: socket.socket) -> list[str]:
    """The datagrams in the socket's buffer: the program has ended, so no more will come."""
    found = []
    while select.select([daemon], [], [], 0)[0]:
        found.append(daemon.recv(65_536).decode())
    return found


def event(headers: dict[str, list[str]], method: str = "POST", authorizer: object = None) -> dict[str, Any]:
    return {
        "resource": "/{proxy+}",
        "path": "/api/items/",
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": {"Content-Type": ["application/json"], **headers},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {
            "path": "/api/items/",
            "stage": "dev",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "127.0.0.1"},
            **({"authorizer": authorizer} if authorizer else {}),
        },
        "body": '{"name": "tea", "price_cents": 250}',
        "isBase64Encoded": False,
    }


def tokens(signing: rsa.RSAPrivateKey) -> dict[str, str]:
    """One for each way to be refused, and a good one; each holds the marker."""

    def signed(key: rsa.RSAPrivateKey | None = None, key_id: str = "rsa-1", **changes: object) -> str:
        return jwt.encode(claims(note=MARKER, **changes), key or signing, "RS256", {"kid": key_id})

    good = signed()
    return {
        "good": good,
        "expired": signed(exp=1_600_000_000, iat=None),
        "not_yet": signed(nbf=4_000_000_000),
        "audience": signed(aud=MARKER),
        "issuer": signed(iss=MARKER),
        "claims": signed(sub=None),
        "signature": signed(rsa_key()),
        "unknown_key": signed(key_id=MARKER),
        "algorithm": jwt.encode(claims(note=MARKER), MARKER * 4, "HS256", {"kid": "rsa-1"}),
        "malformed": f"{MARKER}.{good}",
    }


def settings(url: str) -> dict[str, str]:
    return {
        "AUTH_MODE": "required",
        "AUTH_API_KEYS_SHA256": GOOD_KEY_SHA256,
        "AUTH_JWKS_URL": url,
        "AUTH_JWT_ISSUER": ISSUER,
        "AUTH_JWT_AUDIENCE": AUDIENCE,
    }


def assert_kept(left: Left, secrets: list[str]) -> None:
    whole = left.whole()
    for secret in secrets:
        assert secret not in whole


def parts(token: str) -> list[str]:
    """The token's claims and signature: what of it must not be seen (its header holds no secret)."""
    return [part for part in token.split(".")[1:] if part]


def test_every_token(tmp_path: Path, issuer: Issuer, signing_rsa: rsa.RSAPrivateKey) -> None:
    """No token nor its claims are left in debug logs, wide lines, traces or answers, whether taken or refused."""
    made = tokens(signing_rsa)
    left = run(
        tmp_path, [event({"Authorization": [f"Bearer {token}"]}) for token in made.values()], **settings(issuer.url)
    )
    assert [answer["statusCode"] for answer in left.answers] == [201, *[401] * 9]
    lines = left.lines()
    assert [line.get("auth_refused") for line in lines] == [None, *list(made)[1:]]
    assert (lines[0]["principal"], lines[0]["auth"]) == ("user-7", "jwt")
    assert '"trace_id"' in left.documents
    assert_kept(left, [MARKER, *(part for token in made.values() for part in parts(token))])


def test_every_key(tmp_path: Path, issuer: Issuer) -> None:
    """No API key is left anywhere, good or bad; its owner goes by twelve digits of its digest."""
    headers: list[dict[str, list[str]]] = [
        {"X-Api-Key": [GOOD_KEY]},
        {"X-Api-Key": [GOOD_KEY], "Idempotency-Key": ["order-1"]},
        {"X-Api-Key": [BAD_KEY]},
        {"X-Api-Key": [GOOD_KEY, BAD_KEY]},  # Mangum joins the two with a comma: a key that nobody has
        {},
    ]
    left = run(tmp_path, [event(each) for each in headers], **settings(issuer.url))
    assert [answer["statusCode"] for answer in left.answers] == [201, 201, 401, 401, 401]
    lines = left.lines()
    assert [line.get("auth_refused") for line in lines] == [None, None, "api_key", "api_key", "missing"]
    assert (lines[0]["principal"], lines[0]["auth"]) == ("c4bbcb1fbec9", "api_key")
    assert_kept(left, [GOOD_KEY, BAD_KEY, MARKER, GOOD_KEY_SHA256])


@pytest.mark.parametrize("answers", [True, False])
def test_token_that_cannot_be_checked(
    tmp_path: Path, issuer: Issuer, signing_rsa: rsa.RSAPrivateKey, *, answers: bool
) -> None:
    """An issuer that is down, or answers nonsense, is logged without the token that made us ask."""
    if answers:
        issuer.published = [{"kty": "oct", "kid": MARKER, "k": MARKER}]
    else:
        issuer.stop()
    token = tokens(signing_rsa)["good"]
    left = run(tmp_path, [event({"Authorization": [f"Bearer {token}"]})], **settings(issuer.url))
    assert left.answers[0]["statusCode"] == 503
    assert left.lines()[0]["auth_refused"] == "keys_unavailable"
    assert "AUTH_JWKS_URL" in left.stderr
    assert_kept(left, [MARKER, *parts(token)])


def test_gateway_claims(tmp_path: Path) -> None:
    """Of what an authorizer found out, only who is asking is kept."""
    authorizer = {"claims": {"sub": "user-7", "email": MARKER, "origin_jti": MARKER}}
    headers = {"Authorization": [f"Bearer {MARKER}"]}
    variables = {"AUTH_MODE": "required", "AUTH_GATEWAY_CLAIMS": "true"}
    given = [event(headers, authorizer=authorizer), event(headers, authorizer={"tenant": MARKER})]
    left = run(tmp_path, given, **variables)
    assert [answer["statusCode"] for answer in left.answers] == [201, 401]
    lines = left.lines()
    assert (lines[0]["principal"], lines[0]["auth"]) == ("user-7", "gateway")
    assert lines[1]["auth_refused"] == "no_subject"
    assert_kept(left, [MARKER])
