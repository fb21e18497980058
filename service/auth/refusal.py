"""Why a credential isn't taken: the words for the log and for the client. PURE."""

from __future__ import annotations

from enum import Enum

from service.errors import ServiceError


class Refusal(Enum):
    """A reason. Its value is for the log (`auth_refused`); `told` is for the client.

    `told` is also RFC 6750's error_description, so it keeps to printable ASCII without quotes and backslashes
    (section 3), and it never repeats what the client sent.
    """

    told: str

    def __new__(cls, value: str, told: str) -> Refusal:  # noqa: PYI034 (an enum's members are all there will be)
        reason = object.__new__(cls)
        reason._value_ = value
        reason.told = told
        return reason

    MISSING = "missing", "This needs a credential"
    """None was shown, where one is needed."""
    API_KEY = "api_key", "The API key is not one of the accepted ones"
    """The X-Api-Key header holds no configured key."""
    REPEATED = "repeated", "A credential was sent more than once"
    """Two headers of one kind: which of them was meant?"""
    MALFORMED = "malformed", "The token is not a signed JWT"
    """It can't be read as a JWT in compact form (RFC 7515, section 7.1)."""
    ALGORITHM = "algorithm", "The token's signature algorithm is not accepted"
    """`alg` is none, or not in AUTH_JWT_ALGORITHMS, or not that of the key."""
    NO_KEY_ID = "no_key_id", "The token does not name its key (kid)"
    """Without `kid` each key would have to be tried."""
    UNKNOWN_KEY = "unknown_key", "The token's key is not one of its issuer's"
    """The JWKS, as fresh as it may be asked for, has no such `kid`."""
    SIGNATURE = "signature", "The token's signature does not hold"
    """Another key signed it, or somebody changed it."""
    EXPIRED = "expired", "The token expired"
    """`exp` is past."""
    NOT_YET = "not_yet", "The token is not valid yet"
    """`nbf` or `iat` lies ahead."""
    ISSUER = "issuer", "The token is from another issuer"
    """`iss` is not AUTH_JWT_ISSUER."""
    AUDIENCE = "audience", "The token is meant for another audience"
    """`aud` does not have AUTH_JWT_AUDIENCE."""
    CLAIMS = "claims", "The token lacks a needed claim, or one has the wrong type"
    """`exp`, `iss`, `aud` or `sub` is missing, or isn't what RFC 7519 says it is."""
    NO_SUBJECT = "no_subject", "The gateway's authorizer does not say who is asking"
    """Its result has no principalId or sub; without one, callers can't be told apart."""


NOT_THE_TOKEN = frozenset({Refusal.MISSING, Refusal.API_KEY, Refusal.REPEATED, Refusal.NO_SUBJECT})
"""Reasons that aren't about a bearer token's content, so that no error code of RFC 6750 fits."""


class RefusedError(ServiceError):
    """A credential was shown and doesn't hold; authentication.py makes the 401 of it."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.told)
        self.reason = reason


class KeysUnavailableError(ServiceError):
    """The issuer's keys can't be read now; worth another try after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the token issuer's keys can't be read; next try in {retry_after} s")
        self.retry_after = retry_after
