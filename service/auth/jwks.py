"""One JWKS (RFC 7517) from its server. What is imported is imported by the first fetch: only who uses JWTs pays."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.errors import ServiceError

if TYPE_CHECKING:
    from http.client import HTTPResponse

LARGEST_BYTES = 262_144
"""Of a JWKS. The largest ones in public use, with a certificate chain beside each key, are about 20 kB."""

_ASYMMETRIC = ("RSA", "EC", "OKP")
"""Key types (`kty`) whose public half can be published; "oct" would be a shared secret."""


class JwksError(ServiceError):
    """The keys can't be read; the message says why, without the URL."""


@dataclass(frozen=True)
class SigningKey:
    """`algorithm` is the key's own `alg`, if it names one; `public_key` is one of cryptography's."""

    algorithm: str | None
    public_key: Any


def fetch(url: str, *, timeout_s: float) -> dict[str, SigningKey]:
    """The usable keys by their `kid`. `timeout_s` is for connecting, for each read, and for all reads together.

    No redirect is followed: it could leave https. Raises JwksError.
    """
    import http.client  # noqa: PLC0415
    import urllib.error  # noqa: PLC0415
    import urllib.request  # noqa: PLC0415

    class Redirects(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """None makes a redirect the error that its status says it is."""

    request = urllib.request.Request(url, headers={"Accept": "application/jwk-set+json, application/json"})  # noqa: S310 (settings allow http(s) only)
    try:
        with urllib.request.build_opener(Redirects).open(request, timeout=timeout_s) as response:
            return parse(_read(response, time.monotonic() + timeout_s))
    except urllib.error.HTTPError as error:
        error.close()
        raise JwksError(f"the server answered {error.code}") from None
    except (OSError, http.client.HTTPException) as error:
        raise JwksError(f"the server can't be read: {getattr(error, 'reason', None) or type(error).__name__}") from None


def _read(response: HTTPResponse, deadline: float) -> bytes:
    body = bytearray()
    while chunk := response.read1(65_536):
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise JwksError(f"the answer is larger than {LARGEST_BYTES} bytes")
        if time.monotonic() > deadline:
            raise JwksError("the answer takes too long")
    return bytes(body)


def parse(body: bytes) -> dict[str, SigningKey]:
    """The public signing keys of a JWK set, by `kid`; the first of a name counts. Raises JwksError if there is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise JwksError("the answer is not JSON") from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise JwksError("the answer is not a JWK set: an object with the list `keys`")
    keys: dict[str, SigningKey] = {}
    for entry in entries:
        if _is_public_signing_key(entry) and (key := _signing_key(entry)) is not None:
            keys.setdefault(entry["kid"], key)
    if not keys:
        raise JwksError("the JWK set has no usable key")
    return keys


def _is_public_signing_key(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("kid"), str)
        and entry.get("kty") in _ASYMMETRIC
        and entry.get("use") in (None, "sig")
        and isinstance(entry.get("alg", ""), str)
        and "d" not in entry  # a private key: whoever can read it can sign
    )


def _signing_key(entry: dict[str, Any]) -> SigningKey | None:
    """None for a key that we can't use: a JWK set may hold others (RFC 7517, section 5: "ignore JWKs")."""
    import jwt  # noqa: PLC0415

    try:
        key = jwt.PyJWK(entry)
    except (jwt.PyJWTError, NotImplementedError):  # the latter for `alg` none
        return None
    return SigningKey(entry.get("alg"), key.key)
