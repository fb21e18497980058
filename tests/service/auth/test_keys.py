"""The issuer's JWKS over real HTTP: kept, renewed, and survived when its server misbehaves."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import jwt
import pytest

from service.auth.jwks import JwksError, fetch, parse
from tests.service.auth.door import Caller, SteppingClock, bearer, service, with_tokens
from tests.service.auth.issuer import claims, public_jwk, reply, rsa_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from cryptography.hazmat.primitives.asymmetric import rsa

    from tests.service.auth.issuer import Issuer

UNKNOWN = "The token's key is not one of its issuer's"


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def caller(issuer: Issuer, clock: SteppingClock) -> Caller:
    """Keys are kept for 300 s, fetched every 10 s at most, and waited for 1 s."""
    settings = with_tokens(issuer.url, jwks_cache_s=300, jwks_cooldown_s=10, jwks_timeout_s=1)
    return Caller(service(settings, clock))


@pytest.fixture
def good(signing_rsa: rsa.RSAPrivateKey) -> tuple[str, str]:
    return bearer(jwt.encode(claims(), signing_rsa, "RS256", {"kid": "rsa-1"}))


def naming(key_id: str, key: rsa.RSAPrivateKey) -> tuple[str, str]:
    return bearer(jwt.encode(claims(), key, "RS256", {"kid": key_id}))


def test_fetched_once(issuer: Issuer, caller: Caller, good: tuple[str, str]) -> None:
    """Nothing is fetched before the first token, and one fetch serves all requests while the keys are fresh."""
    assert issuer.fetches == 0
    assert [caller.read(good).status_code for _ in range(5)] == [200] * 5
    assert issuer.fetches == 1


def test_fetched_once_at_once(issuer: Issuer, caller: Caller, good: tuple[str, str]) -> None:
    """Concurrent first requests share one fetch, and each gets its answer."""
    assert [answer.status_code for answer in caller.read_at_once(*[good] * 20)] == [200] * 20
    assert issuer.fetches == 1


def test_renewed_when_old(issuer: Issuer, caller: Caller, clock: SteppingClock, good: tuple[str, str]) -> None:
    """Keys older than AUTH_JWKS_CACHE_S are fetched again: a withdrawn key stops working."""
    assert caller.read(good).status_code == 200
    issuer.published = [public_jwk(rsa_key(), "rsa-2")]
    clock.now += 299
    assert caller.read(good).status_code == 200
    clock.now += 1
    assert caller.read(good).json()["detail"] == UNKNOWN
    assert issuer.fetches == 2


def test_rotation(issuer: Issuer, caller: Caller, clock: SteppingClock, good: tuple[str, str]) -> None:
    """A key published after the last fetch is found at the first token that names it; the old one still works."""
    assert caller.read(good).status_code == 200
    new = rsa_key()
    issuer.published = [*issuer.published, public_jwk(new, "rsa-2")]
    clock.now += 10
    assert caller.read(naming("rsa-2", new)).status_code == 200
    assert caller.read(good).status_code == 200
    assert issuer.fetches == 2


def test_unknown_key_flood(
    issuer: Issuer, caller: Caller, clock: SteppingClock, good: tuple[str, str], signing_rsa: rsa.RSAPrivateKey
) -> None:
    """Tokens that name keys nobody has can't make us ask the issuer more than once in AUTH_JWKS_COOLDOWN_S."""
    assert caller.read(good).status_code == 200
    flood = [naming(f"made-up-{number}", signing_rsa) for number in range(30)]
    assert {answer.json()["detail"] for answer in caller.read_at_once(*flood)} == {UNKNOWN}
    assert issuer.fetches == 1
    clock.now += 10
    assert {caller.read(token).json()["detail"] for token in flood} == {UNKNOWN}
    assert issuer.fetches == 2
    assert caller.read(good).status_code == 200


def test_no_thread_without_a_fetch(
    caller: Caller, good: tuple[str, str], signing_rsa: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A known key, and an unknown one while the issuer may not be asked, are looked up where the request runs."""
    assert caller.read(good).status_code == 200
    monkeypatch.delattr(anyio.to_thread, "run_sync")
    assert caller.read(good).status_code == 200
    assert caller.read(naming("made-up", signing_rsa)).json()["detail"] == UNKNOWN


def down(issuer: Issuer) -> None:
    issuer.stop()


def answering(status: int, body: bytes) -> Callable[[Issuer], None]:
    def misbehave(issuer: Issuer) -> None:
        issuer.answer = lambda handler: reply(handler, body, status)

    return misbehave


def hanging(issuer: Issuer) -> None:
    issuer.answer = lambda _: _wait(issuer)


def dripping(issuer: Issuer) -> None:
    """Sends a header line now and then, each soon enough, and never ends."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not issuer.release.wait(0.1):
            try:
                handler.wfile.write(b"X-Later: yes\r\n")
            except OSError:
                return

    issuer.answer = drip


def hanging_up(issuer: Issuer) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"keys": [')

    issuer.answer = cut


def moving(issuer: Issuer) -> None:
    """Redirects to where the keys are: followed, it would work."""

    def redirect(handler: BaseHTTPRequestHandler) -> None:
        if "there" in handler.path:
            reply(handler, json.dumps({"keys": issuer.published}).encode())
        else:
            reply(handler, b"", 302, Location=f"{issuer.url}?there")

    issuer.answer = redirect


def growing(issuer: Issuer) -> None:
    """Sends good keys, and 300 kB of spaces."""
    body = json.dumps({"keys": issuer.published}).encode() + b" " * 300_000
    answering(200, body)(issuer)


def gone(issuer: Issuer) -> None:
    """Sends good keys with a status that says they aren't."""
    answering(410, json.dumps({"keys": issuer.published}).encode())(issuer)


def _wait(issuer: Issuer) -> None:
    issuer.release.wait(30)


PRIVATE = '{"keys": [{"kty": "oct", "kid": "rsa-1", "k": "c2VjcmV0", "alg": "HS256"}]}'

MISBEHAVIOUR = [
    pytest.param(down, id="refuses connections"),
    pytest.param(hanging, id="never answers"),
    pytest.param(dripping, id="answers for ever"),
    pytest.param(hanging_up, id="hangs up in the middle"),
    pytest.param(answering(500, b"oops"), id="fails"),
    pytest.param(gone, id="is gone"),
    pytest.param(moving, id="redirects"),
    pytest.param(answering(200, b"<html>login</html>"), id="sends a page"),
    pytest.param(answering(200, b"\xff\xfe"), id="sends bytes"),
    pytest.param(answering(200, b"[" * 100_000), id="sends a deep list"),
    pytest.param(answering(200, b"[]"), id="sends a list"),
    pytest.param(answering(200, b'{"keys": {}}'), id="sends keys that are no list"),
    pytest.param(answering(200, b'{"keys": []}'), id="has no key"),
    pytest.param(answering(200, PRIVATE.encode()), id="publishes a shared secret"),
    pytest.param(growing, id="is huge"),
]


@pytest.mark.parametrize("misbehave", MISBEHAVIOUR)
def test_no_keys_yet(
    issuer: Issuer, caller: Caller, good: tuple[str, str], misbehave: Callable[[Issuer], None], clock: SteppingClock
) -> None:
    """Without any key a token can be neither taken nor refused: 503, with the seconds to the next try, which helps."""
    healthy = issuer.answer
    misbehave(issuer)
    answer = caller.read(good)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert answer.json()["type"] == "urn:glasshouse:problem:keys-unavailable"
    clock.now += 4.5
    assert caller.read(good).headers["Retry-After"] == "6"
    assert issuer.fetches <= 1
    if misbehave is not down:
        issuer.answer = healthy  # for new requests; one that hangs goes on hanging
        clock.now += 10
        assert caller.read(good).status_code == 200


@pytest.mark.parametrize("misbehave", MISBEHAVIOUR)
def test_known_key_outlives_its_server(
    issuer: Issuer, caller: Caller, clock: SteppingClock, good: tuple[str, str], misbehave: Callable[[Issuer], None]
) -> None:
    """Keys once read stay good while they can't be renewed, for a day and no longer."""
    assert caller.read(good).status_code == 200
    misbehave(issuer)
    clock.now += 301
    assert caller.read(good).status_code == 200
    clock.now += 86_400
    assert caller.read(good).status_code == 503


def test_unknown_key_while_down(
    issuer: Issuer, caller: Caller, clock: SteppingClock, good: tuple[str, str], signing_rsa: rsa.RSAPrivateKey
) -> None:
    """Was the key just published? With the issuer down nobody can tell, so the answer is 503, not 401."""
    assert caller.read(good).status_code == 200
    issuer.stop()
    clock.now += 10
    assert caller.read(naming("rsa-2", signing_rsa)).status_code == 503
    assert caller.read(good).status_code == 200


def test_slow_server_holds_nobody_else(
    issuer: Issuer, caller: Caller, clock: SteppingClock, good: tuple[str, str], signing_rsa: rsa.RSAPrivateKey
) -> None:
    """While one request waits for the issuer, others with known keys are answered: the event loop is free."""
    assert caller.read(good).status_code == 200
    clock.now += 10
    arrived = threading.Event()

    def wait(_: BaseHTTPRequestHandler) -> None:
        arrived.set()
        _wait(issuer)

    issuer.answer = wait
    answers: list[Any] = []
    waiting = threading.Thread(target=lambda: answers.append(caller.read(naming("rsa-2", signing_rsa))))
    waiting.start()
    assert arrived.wait(30)
    assert caller.read(good).status_code == 200
    assert answers == []
    waiting.join()
    assert answers[0].status_code == 503


def test_what_is_logged(
    issuer: Issuer, caller: Caller, good: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever is on call reads which setting's server failed, and how."""
    answering(500, b"oops")(issuer)
    caller.read(good)
    assert [record.getMessage() for record in caplog.records if record.name == "service.auth"] == [
        "AUTH_JWKS_URL: the server answered 500"
    ]


def test_slow_body(issuer: Issuer) -> None:
    """A body that comes in pieces, each soon enough, is given up at the timeout all the same."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not issuer.release.wait(0.05):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    issuer.answer = drip
    with pytest.raises(JwksError, match="the answer takes too long"):
        fetch(issuer.url, timeout_s=0.3)


def test_mixed_set(signing_rsa: rsa.RSAPrivateKey) -> None:
    """Entries that aren't usable public signing keys are left out, whatever is wrong with them (RFC 7517, 5)."""
    usable = public_jwk(signing_rsa, "good")
    document = {
        "keys": [
            usable,
            {**usable, "kid": "for-encryption", "use": "enc"},
            {**jwt.algorithms.RSAAlgorithm.to_jwk(signing_rsa, as_dict=True), "kid": "private"},
            {**usable, "kid": 7},
            {name: value for name, value in usable.items() if name != "kid"},
            {**usable, "kid": "broken", "n": "!"},
            {**usable, "kid": "odd-algorithm", "alg": "RSA-OAEP"},
            {**usable, "kid": "unsigned", "alg": "none"},
            {**usable, "kid": "odd-type", "alg": ["RS256"]},
            {**usable, "kid": "shared-secret", "alg": "HS256"},
            {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
            {"kty": "EC", "kid": "odd-curve", "crv": "P-999", "x": "AA", "y": "AA"},
            {"kty": ["RSA"], "kid": "list"},
            "text",
            None,
        ]
    }
    assert list(parse(json.dumps(document).encode())) == ["good"]


def test_no_usable_key() -> None:
    """A set without a usable key is an error, so that keys read before are kept."""
    with pytest.raises(JwksError, match="the JWK set has no usable key"):
        parse(PRIVATE.encode())
