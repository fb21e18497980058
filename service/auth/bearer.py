"""Bearer tokens (RFC 6750): JWTs that this service verifies itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service.auth.principal import Kind, Principal, scopes_of
from service.auth.refusal import Refusal, RefusedError

if TYPE_CHECKING:
    from fastapi import Request

    from service.auth.jwks import SigningKey
    from service.auth.key_set import KeySet
    from service.settings import AuthSettings

_COMPACT_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
"""Header, claims and signature (RFC 7515, section 7.1); an unsigned token has an empty third part."""

_LONGEST_TOKEN = 16_384
"""Characters. API Gateway takes 10,240 bytes of headers in all; more is an attempt to keep us busy."""


class BearerTokens:
    def __init__(self, settings: AuthSettings, keys: KeySet) -> None:
        self._settings = settings
        self._keys = keys

    async def identify(self, request: Request) -> Principal | None:
        """The owner of the Authorization header's bearer token; None without one.

        Another scheme (Basic, AWS4-HMAC-SHA256) is not for us: something before this service may have asked for it.
        Raises RefusedError, KeysUnavailableError.
        """
        values = request.headers.getlist("authorization")
        tokens = [value[6:].strip(" ") for value in values if re.match(r"bearer(?: |$)", value, re.IGNORECASE)]
        if len(tokens) > 1:
            raise RefusedError(Refusal.REPEATED)
        return await self.owner(tokens[0]) if tokens else None

    async def owner(self, token: str) -> Principal:
        """Whom the verified `token` is about. Raises RefusedError, KeysUnavailableError."""
        header = self._header(token)
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm not in self._settings.jwt_algorithms:
            raise RefusedError(Refusal.ALGORITHM)
        if not isinstance(key_id, str) or not key_id:
            raise RefusedError(Refusal.NO_KEY_ID)
        key = await self._keys.find(key_id)
        if key is None:
            raise RefusedError(Refusal.UNKNOWN_KEY)
        if key.algorithm not in (None, algorithm):
            raise RefusedError(Refusal.ALGORITHM)
        claims = self._claims(token, key)
        self._check_audience(claims)
        return Principal(_subject(claims), Kind.JWT, scopes_of(claims.get("scope", claims.get("scp"))))

    @staticmethod
    def _header(token: str) -> dict[str, Any]:
        if len(token) > _LONGEST_TOKEN or not _COMPACT_JWS.fullmatch(token):
            raise RefusedError(Refusal.MALFORMED)
        # PyJWT brings cryptography: 50 ms and more. Who never sees a token never pays.
        import jwt  # noqa: PLC0415

        try:
            return jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise RefusedError(Refusal.MALFORMED) from None

    def _claims(self, token: str, key: SigningKey) -> dict[str, Any]:
        """The claims, once signature, issuer and times hold. The allow-list of algorithms is checked here again."""
        import jwt  # noqa: PLC0415 (as above)

        try:
            return jwt.decode(
                token,
                key.public_key,
                algorithms=list(self._settings.jwt_algorithms),
                issuer=self._settings.jwt_issuer,
                leeway=self._settings.jwt_leeway_s,
                options={"require": ["exp", "iss"], "verify_aud": False, "enforce_minimum_key_length": True},
            )
        except (jwt.PyJWTError, TypeError) as error:  # TypeError: the key is of another family than `alg`
            raise RefusedError(_reason(error)) from None

    def _check_audience(self, claims: dict[str, Any]) -> None:
        """As API Gateway's JWT authorizer does it: `client_id` counts when there is no `aud` (Cognito's access tokens).

        Source: "Control access to HTTP APIs with JWT authorizers", API Gateway Developer Guide.
        """
        audience = claims["aud"] if "aud" in claims else claims.get("client_id")
        meant_for = audience if isinstance(audience, list) else [audience]
        if not any(isinstance(name, str) for name in meant_for):
            raise RefusedError(Refusal.CLAIMS)
        if self._settings.jwt_audience not in meant_for:
            raise RefusedError(Refusal.AUDIENCE)


def _subject(claims: dict[str, Any]) -> str:
    """`sub`; `client_id` for the issuers that give machines none (RFC 9068, section 2.2, asks for both)."""
    subject = claims.get("sub") or claims.get("client_id")
    if not subject or not isinstance(subject, str):
        raise RefusedError(Refusal.CLAIMS)
    return subject


def _reason(error: Exception) -> Refusal:
    import jwt  # noqa: PLC0415 (as above)

    reasons: tuple[tuple[type[Exception], Refusal], ...] = (
        (jwt.ExpiredSignatureError, Refusal.EXPIRED),
        (jwt.ImmatureSignatureError, Refusal.NOT_YET),
        (jwt.InvalidIssuerError, Refusal.ISSUER),
        (jwt.InvalidSignatureError, Refusal.SIGNATURE),
        (jwt.InvalidAlgorithmError, Refusal.ALGORITHM),
        (jwt.InvalidKeyError, Refusal.ALGORITHM),
        (TypeError, Refusal.ALGORITHM),
    )
    return next((reason for kind, reason in reasons if isinstance(error, kind)), Refusal.CLAIMS)
