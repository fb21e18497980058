"""The dependencies that routes are mounted with: `Depends(auth.reads)`, `Depends(auth.writes)`.

    AUTH_MODE   a read shows nothing   a write shows nothing   shows a good one   shows a bad one
    off         anonymous              anonymous               anonymous          anonymous (not looked at)
    writes      anonymous              401                     its owner          401
    required    401                    401                     its owner          401

A bad credential is refused on a public route too: its sender believes to be somebody, and should learn otherwise.
Of several credentials each must hold; the principal is the token's, else the key's, else the gateway's.
A header that no setting gives a meaning to (X-Api-Key without AUTH_API_KEYS_SHA256: API Gateway's usage plans
have that header too) is no credential.
"""

from __future__ import annotations

import inspect
import re
import time
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from observability import current
from service.auth.api_keys import ApiKeys
from service.auth.bearer import BearerTokens
from service.auth.gateway import GatewayClaims
from service.auth.key_set import KeySet
from service.auth.principal import ANONYMOUS, Principal
from service.auth.refusal import NOT_THE_TOKEN, KeysUnavailableError, Refusal, RefusedError
from service.errors import UnauthorizedError, UnavailableError
from service.settings import AuthMode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from service.settings import AuthSettings


class Way(Protocol):
    """One way to tell who is asking."""

    async def identify(self, request: Request) -> Principal | None:
        """None: the request shows no such credential. Raises RefusedError, KeysUnavailableError."""


class Authentication:
    def __init__(
        self, settings: AuthSettings, *, realm: str = "api", clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`realm` is the challenge's (RFC 9110, section 11.5): the service's name."""
        self._challenges: list[str] = []
        self._ways: list[Way] = []
        self._schemes: list[inspect.Parameter] = []
        if settings.mode is not AuthMode.OFF:
            self._set_up(settings, re.sub(r"[^ !#-\[\]-~]", "", realm), clock)  # what a quoted string may hold
        self.reads = self._dependency(needed=settings.mode is AuthMode.REQUIRED)
        self.writes = self._dependency(needed=settings.mode is not AuthMode.OFF)

    def _set_up(self, settings: AuthSettings, realm: str, clock: Callable[[], float]) -> None:
        if settings.jwks_url:
            self._ways.append(BearerTokens(settings, KeySet(settings, clock=clock)))
        if settings.api_keys_sha256:
            self._ways.append(ApiKeys(settings.api_keys_sha256))
            self._schemes.append(_documented("api_key", APIKeyHeader(name="X-Api-Key", auto_error=False)))
        if settings.gateway_claims:
            self._ways.append(GatewayClaims())
        if settings.jwks_url or settings.gateway_claims:
            self._challenges.append(f'Bearer realm="{realm}"')
            self._schemes.append(_documented("bearer", HTTPBearer(bearerFormat="JWT", auto_error=False)))
        if settings.api_keys_sha256:
            self._challenges.append(f'ApiKey realm="{realm}"')

    def _dependency(self, *, needed: bool) -> Callable[..., Awaitable[Principal]]:
        async def principal(request: Request, **_documented: object) -> Principal:
            return await self._principal(request, needed=needed)

        # FastAPI documents a security scheme that a parameter asks for: only the configured ones are asked for.
        parameters = [inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request), *self._schemes]
        principal.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # functions have one, typeshed doesn't know
        return principal

    async def _principal(self, request: Request, *, needed: bool) -> Principal:
        try:
            found = await self._identify(request)
        except RefusedError as refused:
            raise self._unauthorized(refused.reason) from None  # its cause may quote the credential
        except KeysUnavailableError as unavailable:
            current().add(auth_refused="keys_unavailable")
            raise UnavailableError(
                "The token can't be checked now", retry_after=unavailable.retry_after, kind="keys-unavailable"
            ) from None
        if found is None and needed:
            raise self._unauthorized(Refusal.MISSING)
        if found is None:
            return ANONYMOUS
        current().add(principal=found.subject, auth=found.kind.value)
        return found

    async def _identify(self, request: Request) -> Principal | None:
        """The first way's answer that is somebody; all are asked, for each credential must hold."""
        found = [await way.identify(request) for way in self._ways]
        return next((principal for principal in found if principal), None)

    def _unauthorized(self, reason: Refusal) -> UnauthorizedError:
        current().add(auth_refused=reason.value)
        return UnauthorizedError(reason.told, challenge=", ".join(self._challenge(reason)))

    def _challenge(self, reason: Refusal) -> list[str]:
        """RFC 6750, section 3: the error code is about a token; a request that shows none gets none."""
        if reason in NOT_THE_TOKEN:
            return self._challenges
        error = f', error="invalid_token", error_description="{reason.told}"'
        return [challenge + error if challenge.startswith("Bearer") else challenge for challenge in self._challenges]


def _documented(name: str, scheme: APIKeyHeader | HTTPBearer) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[object, Security(scheme)])
