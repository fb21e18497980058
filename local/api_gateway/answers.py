"""PURE: the answers that API Gateway makes itself.

Source: AWS page "Gateway response types for API Gateway" (statuses), with the bodies and `x-amzn-ErrorType` headers
that the service sends by default.
"""

import json
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer. Headers may repeat.

    `failure` says in plain words what the gateway found wrong, `reason` which of its own answers this is.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    failure: str | None = None
    reason: "GatewayAnswer | None" = None


class GatewayAnswer(Enum):
    """Why the gateway answers by itself: (status, x-amzn-ErrorType, message).

    MISSING_AUTHENTICATION_TOKEN: no resource or method matches the request.
    FORBIDDEN: no custom domain name is mapped to the request's Host.
    REQUEST_TOO_LARGE: over 10 MB, or over the 6 MB that Lambda takes.
    HEADERS_TOO_LARGE: the headers are over 10,240 bytes together.
    THROTTLED: Lambda had no concurrency left.
    INTEGRATION_FAILURE: the function crashed, raised, ran out of memory, or its answer is malformed.
    INTEGRATION_TIMEOUT: no answer within the integration timeout, or within the function's own.
    INTERNAL_ERROR: the gateway itself failed.
    """

    MISSING_AUTHENTICATION_TOKEN = (403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    FORBIDDEN = (403, "ForbiddenException", "Forbidden")
    REQUEST_TOO_LARGE = (413, "RequestTooLargeException", "Request Too Long")
    HEADERS_TOO_LARGE = (431, "RequestHeaderFieldsTooLargeException", "Request Header Fields Too Large")
    THROTTLED = (429, "TooManyRequestsException", "Too Many Requests")
    INTEGRATION_FAILURE = (502, "InternalServerErrorException", "Internal server error")
    INTEGRATION_TIMEOUT = (504, "InternalServerErrorException", "Endpoint request timed out")
    INTERNAL_ERROR = (500, "InternalServerErrorException", "Internal server error")

    @property
    def message(self) -> str:
        """What API Gateway tells the client."""
        return self.value[2]

    def because(self, failure: str) -> Answer:
        status, error_type, message = self.value
        headers = (("Content-Type", "application/json"), ("x-amzn-ErrorType", error_type))
        # API Gateway writes some of these with a space after the colon and some without; we write the spaced form.
        return Answer(status, headers, json.dumps({"message": message}).encode(), failure, self)
