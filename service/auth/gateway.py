"""What an authorizer of API Gateway found out. Read from the event that Lambda gives, never from the request's headers.

Where it is in the event: "Input format of a Lambda function for proxy integration" (REST API), "Working with
AWS Lambda proxy integrations for HTTP APIs" and "Control access to HTTP APIs with AWS Lambda authorizers" in
the API Gateway Developer Guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.auth.principal import Kind, Principal, scopes_of
from service.auth.refusal import Refusal, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request


class GatewayClaims:
    def __init__(self) -> None:
        # Powertools takes 60 ms to import: only a service that uses it pays, and at init, where Lambda is fast.
        from aws_lambda_powertools.utilities.data_classes import (  # noqa: PLC0415
            APIGatewayProxyEvent,
            APIGatewayProxyEventV2,
        )

        self._v1, self._v2 = APIGatewayProxyEvent, APIGatewayProxyEventV2

    async def identify(self, request: Request) -> Principal | None:
        """Whom the authorizer let in; None without one (or without API Gateway). Raises RefusedError."""
        event = request.scope.get("aws.event")
        return self.caller(event) if isinstance(event, dict) else None

    def caller(self, event: dict[str, Any]) -> Principal | None:
        """The same, from the event. Raises RefusedError when the authorizer's result names nobody."""
        if not (event.get("requestContext") or {}).get("authorizer"):
            return None
        claims, scopes = self._v2_claims(event) if event.get("version") == "2.0" else self._v1_claims(event)
        if not claims:
            return None
        for name in ("principalId", "sub", "client_id"):
            subject = claims.get(name)
            if subject and isinstance(subject, str):
                return Principal(subject, Kind.GATEWAY, scopes_of(scopes or claims.get("scope")))
        raise RefusedError(Refusal.NO_SUBJECT)

    def _v1_claims(self, event: dict[str, Any]) -> tuple[Mapping[str, Any], object]:
        """REST API, and HTTP API with payload format 1.0: a token's claims, or a Lambda authorizer's context."""
        authorizer = self._v1(event).request_context.authorizer
        return authorizer.claims or authorizer.get_context(), authorizer.scopes

    def _v2_claims(self, event: dict[str, Any]) -> tuple[Mapping[str, Any], object]:
        authorizer = self._v2(event).request_context.authorizer
        return authorizer.jwt_claim or authorizer.get_lambda, authorizer.jwt_scopes
