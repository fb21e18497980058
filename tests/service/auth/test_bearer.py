from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.auth.door import Caller, bearer, service, with_tokens
from tests.service.auth.issuer import AUDIENCE, ISSUER, claims, public_jwk, rsa_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    from tests.service.auth.issuer import Issuer


@pytest.fixture
def caller(issuer: Issuer) -> Caller:
    return Caller(service(with_tokens(issuer.url)))


def told(caller: Caller, token: str) -> str:
    """Why the token is refused, in the client's words."""
    answer = caller.read(bearer(token))
    assert answer.status_code == 401, answer.text
    return str(answer.json()["detail"])


def base64url(content: bytes | dict[str, Any]) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_rsa_token(caller: Caller, signing_rsa: rsa.RSAPrivateKey) -> None:
    """A token that its issuer signed with RS256 names its subject and scopes."""
    token = jwt.encode(claims(scope="items/read items/write"), signing_rsa, "RS256", {"kid": "rsa-1"})
    answer = caller.read(bearer(token))
    assert answer.json() == {"subject": "user-7", "kind": "jwt", "scopes": ["items/read", "items/write"]}


def test_ec_token(caller: Caller, signing_ec: ec.EllipticCurvePrivateKey) -> None:
    """ES256 too; `scp` as a list is how some issuers write scopes."""
    token = jwt.encode(claims(scp=["a", "b"]), signing_ec, "ES256", {"kid": "ec-1"})
    assert caller.read(bearer(token)).json() == {"subject": "user-7", "kind": "jwt", "scopes": ["a", "b"]}


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_scheme_in_any_case(caller: Caller, signing_rsa: rsa.RSAPrivateKey, scheme: str) -> None:
    """An authentication scheme's name has no case (RFC 9110, section 11.1)."""
    token = jwt.encode(claims(), signing_rsa, "RS256", {"kid": "rsa-1"})
    assert caller.read(("Authorization", f"{scheme} {token}")).status_code == 200


@pytest.mark.parametrize("alg", ["none", "None", "NONE", ""])
def test_unsigned(caller: Caller, alg: str) -> None:
    """A token without a signature is refused, however its algorithm is spelled."""
    token = f"{base64url({'alg': alg, 'kid': 'rsa-1'})}.{base64url(claims())}."
    assert told(caller, token) == "The token's signature algorithm is not accepted"


def test_signed_with_the_public_key(caller: Caller, signing_rsa: rsa.RSAPrivateKey) -> None:
    """HS256 with the published key as its secret: the confusion that an allow-list of algorithms is for."""
    pem = signing_rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{base64url({'alg': 'HS256', 'kid': 'rsa-1'})}.{base64url(claims())}"
    signature = hmac.digest(pem, signed.encode(), hashlib.sha256)
    assert told(caller, f"{signed}.{base64url(signature)}") == "The token's signature algorithm is not accepted"


def test_algorithm_outside_the_list(caller: Caller, signing_rsa: rsa.RSAPrivateKey) -> None:
    """A good signature by an algorithm that AUTH_JWT_ALGORITHMS doesn't name is refused."""
    token = jwt.encode(claims(), signing_rsa, "PS256", {"kid": "rsa-1"})
    assert told(caller, token) == "The token's signature algorithm is not accepted"


def test_algorithm_of_another_key(caller: Caller, signing_ec: ec.EllipticCurvePrivateKey) -> None:
    """The algorithm must be that of the named key: `alg` ES256 with an RSA key's `kid` is refused."""
    token = jwt.encode(claims(), signing_ec, "ES256", {"kid": "rsa-1"})
    assert told(caller, token) == "The token's signature algorithm is not accepted"


def test_algorithm_of_the_key_itself(issuer: Issuer, signing_rsa: rsa.RSAPrivateKey) -> None:
    """A key published for RS256 verifies RS256 alone, though the list has RS512 too (RFC 7517, section 4.4)."""
    caller = Caller(service(with_tokens(issuer.url, jwt_algorithms=("RS256", "RS512"))))
    token = jwt.encode(claims(), signing_rsa, "RS512", {"kid": "rsa-1"})
    assert told(caller, token) == "The token's signature algorithm is not accepted"


def test_algorithm_of_another_family(
    issuer: Issuer, signing_rsa: rsa.RSAPrivateKey, signing_ec: ec.EllipticCurvePrivateKey
) -> None:
    """The same where the published key names no algorithm and only its type says so."""
    issuer.published = [public_jwk(signing_rsa, "plain")]
    caller = Caller(service(with_tokens(issuer.url)))
    assert told(caller, jwt.encode(claims(), signing_ec, "ES256", {"kid": "plain"})) == (
        "The token's signature algorithm is not accepted"
    )
    assert caller.read(bearer(jwt.encode(claims(), signing_rsa, "RS256", {"kid": "plain"}))).status_code == 200


def test_key_without_algorithm_takes_any_of_the_list(issuer: Issuer, signing_rsa: rsa.RSAPrivateKey) -> None:
    """A JWK's `alg` is optional (RFC 7517, section 4.4): without it the list alone decides, RS512 included."""
    issuer.published = [public_jwk(signing_rsa, "plain")]
    caller = Caller(service(with_tokens(issuer.url, jwt_algorithms=("RS512",))))
    assert caller.read(bearer(jwt.encode(claims(), signing_rsa, "RS512", {"kid": "plain"}))).status_code == 200


def test_weak_key(issuer: Issuer) -> None:
    """RS256 asks for 2048 bits or more (RFC 7518, section 3.3): a shorter key is refused, not warned about."""
    weak = rsa_key(bits=1024)
    issuer.published = [public_jwk(weak, "weak")]
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = jwt.encode(claims(), weak, "RS256", {"kid": "weak"})
    assert told(Caller(service(with_tokens(issuer.url))), token) == "The token's signature algorithm is not accepted"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"aud": "another-api"}, "The token is meant for another audience"),
        ({"aud": ["another-api", "third-api"]}, "The token is meant for another audience"),
        ({"aud": None}, "The token lacks a needed claim, or one has the wrong type"),
        ({"aud": None, "client_id": "another-api"}, "The token is meant for another audience"),
        ({"aud": "another-api", "client_id": AUDIENCE}, "The token is meant for another audience"),
        ({"aud": 7}, "The token lacks a needed claim, or one has the wrong type"),
        ({"aud": {AUDIENCE: 1}}, "The token lacks a needed claim, or one has the wrong type"),
        ({"iss": "https://evil.example.com/"}, "The token is from another issuer"),
        ({"iss": ISSUER.rstrip("/")}, "The token is from another issuer"),
        ({"iss": None}, "The token lacks a needed claim, or one has the wrong type"),
        ({"exp": None}, "The token lacks a needed claim, or one has the wrong type"),
        ({"exp": "soon"}, "The token lacks a needed claim, or one has the wrong type"),
        ({"exp": 1_600_000_000}, "The token expired"),
        ({"nbf": 4_000_000_000}, "The token is not valid yet"),
        ({"iat": 4_000_000_000}, "The token is not valid yet"),
        ({"sub": None}, "The token lacks a needed claim, or one has the wrong type"),
        ({"sub": 7}, "The token lacks a needed claim, or one has the wrong type"),
        ({"sub": ""}, "The token lacks a needed claim, or one has the wrong type"),
    ],
)
def test_claims(caller: Caller, signing_rsa: rsa.RSAPrivateKey, change: dict[str, Any], reason: str) -> None:
    """A well-signed token for somebody else, from somebody else, or of another time is refused, and told why."""
    whole = {**claims(), **change}
    kept = {name: value for name, value in whole.items() if value is not None}
    header = {"alg": "RS256", "kid": "rsa-1"}
    # Signed as bytes: jwt.encode refuses to write some of these claims.
    token = jwt.api_jws.encode(json.dumps(kept).encode(), signing_rsa, "RS256", header)
    assert told(caller, token) == reason


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], ["another-api", AUDIENCE]])
def test_audience(caller: Caller, signing_rsa: rsa.RSAPrivateKey, audience: object) -> None:
    """`aud` is one name or several (RFC 7519, section 4.1.3); ours among them is enough."""
    token = jwt.encode(claims(aud=audience), signing_rsa, "RS256", {"kid": "rsa-1"})
    assert caller.read(bearer(token)).status_code == 200


def test_cognito_access_token(caller: Caller, signing_rsa: rsa.RSAPrivateKey) -> None:
    """Cognito's access tokens have no `aud`: `client_id` counts, as in API Gateway's own JWT authorizer."""
    token = jwt.encode(claims(aud=None, client_id=AUDIENCE), signing_rsa, "RS256", {"kid": "rsa-1"})
    assert caller.read(bearer(token)).json()["subject"] == "user-7"


def test_machine_token(caller: Caller, signing_rsa: rsa.RSAPrivateKey) -> None:
    """A client-credentials token without `sub` is its client's."""
    token = jwt.encode(claims(sub=None, client_id="batch-job"), signing_rsa, "RS256", {"kid": "rsa-1"})
    assert caller.read(bearer(token)).json()["subject"] == "batch-job"


def test_leeway(issuer: Issuer, signing_rsa: rsa.RSAPrivateKey) -> None:
    """Clocks differ: a token may be AUTH_JWT_LEEWAY_S past its end or ahead of its start, and no more."""
    now = int(time.time())
    past = jwt.encode(claims(exp=now - 60), signing_rsa, "RS256", {"kid": "rsa-1"})
    ahead = jwt.encode(claims(nbf=now + 60, iat=now + 60), signing_rsa, "RS256", {"kid": "rsa-1"})
    patient = Caller(service(with_tokens(issuer.url, jwt_leeway_s=300)))
    assert [patient.read(bearer(token)).status_code for token in (past, ahead)] == [200, 200]
    strict = Caller(service(with_tokens(issuer.url, jwt_leeway_s=0)))
    assert [told(strict, token) for token in (past, ahead)] == ["The token expired", "The token is not valid yet"]


def test_tampered(caller: Caller, signing_rsa: rsa.RSAPrivateKey) -> None:
    """Claims changed after signing, and a signature from another key, are refused."""
    header, _, signature = jwt.encode(claims(), signing_rsa, "RS256", {"kid": "rsa-1"}).split(".")
    changed = f"{header}.{base64url(claims(sub='admin'))}.{signature}"
    assert told(caller, changed) == "The token's signature does not hold"
    forged = jwt.encode(claims(), rsa_key(), "RS256", {"kid": "rsa-1"})
    assert told(caller, forged) == "The token's signature does not hold"


def test_key_in_the_token(caller: Caller) -> None:
    """A key or a key's address that the token brings along (jwk, jku, x5u) is not believed."""
    mine = rsa_key()
    header = {
        "kid": "rsa-1",
        "jwk": public_jwk(mine, "rsa-1"),
        "jku": "http://127.0.0.1:9/",
        "x5u": "file:///etc/passwd",
    }
    assert told(caller, jwt.encode(claims(), mine, "RS256", header)) == "The token's signature does not hold"


def test_critical_extension(caller: Caller, signing_rsa: rsa.RSAPrivateKey) -> None:
    """A token that says an extension must be understood, which isn't, is refused (RFC 7515, section 4.1.11)."""
    token = jwt.encode(claims(), signing_rsa, "RS256", {"kid": "rsa-1", "crit": ["b32"], "b32": True})
    assert told(caller, token) == "The token is not a signed JWT"


@pytest.mark.parametrize("key_id", [None, "", 7, ["rsa-1"]])
def test_no_key_id(caller: Caller, signing_rsa: rsa.RSAPrivateKey, key_id: object) -> None:
    """A token must name its key, with a string."""
    header = {"alg": "RS256", **({} if key_id is None else {"kid": key_id})}
    signed = f"{base64url(header)}.{base64url(claims())}"
    algorithm = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    token = f"{signed}.{base64url(algorithm.sign(signed.encode(), signing_rsa))}"
    expected = "The token does not name its key (kid)" if key_id in (None, "") else "The token is not a signed JWT"
    assert told(caller, token) == expected


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b",
        "a.b.c.d",
        "a.b.c",
        "e30.e30.e30 e30",
        "e30.e30.e30,Bearer e30.e30.e30",
        "bnVsbA.e30.e30",  # the header is null
        "W10.e30.e30",  # a list
        "eyJhbGciOiJSUzI1NiI.e30.e30",  # cut off
    ],
)
def test_not_a_token(caller: Caller, issuer: Issuer, token: str) -> None:
    """What isn't a signed JWT is told so, and costs the issuer no request."""
    expected = {"The token is not a signed JWT", "The token's signature algorithm is not accepted"}
    assert told(caller, token) in expected
    assert issuer.fetches == 0


def test_long_token(caller: Caller, signing_rsa: rsa.RSAPrivateKey) -> None:
    """A token longer than 16,384 characters is refused unread, though all in it is right."""
    fits = jwt.encode(claims(note="x" * 11_000), signing_rsa, "RS256", {"kid": "rsa-1"})
    assert caller.read(bearer(fits)).status_code == 200
    token = jwt.encode(claims(note="x" * 12_000), signing_rsa, "RS256", {"kid": "rsa-1"})
    assert told(caller, token) == "The token is not a signed JWT"


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(
    header=st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "crit", "b64"]),
        st.sampled_from(["RS256", "rsa-1"]) | st.integers() | st.none() | st.lists(st.text()),
    ),
    payload=st.dictionaries(
        st.sampled_from(["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "client_id", "scope"]),
        st.sampled_from([ISSUER, AUDIENCE, "user-7", 4_000_000_000])
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.text())
        | st.none(),
    ),
)
def test_hostile_tokens(
    caller: Caller, signing_rsa: rsa.RSAPrivateKey, header: dict[str, Any], payload: dict[str, Any]
) -> None:
    """Whatever a token holds, even one well signed, the answer is 200 or 401: never a fault."""
    signed = f"{base64url({'alg': 'RS256', 'kid': 'rsa-1', **header})}.{base64url(payload)}"
    algorithm = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    token = f"{signed}.{base64url(algorithm.sign(signed.encode(), signing_rsa))}"
    assert caller.read(bearer(token)).status_code in {200, 401}
