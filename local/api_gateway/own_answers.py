"""PURE: the gateway's own answers as a template's gateway responses want them.

Source: AWS page "Gateway response types for API Gateway". A type that the template does not have is answered as its
class's default (DEFAULT_4XX, DEFAULT_5XX), and without that one as API Gateway does by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from local.api_gateway.answers import Answer, GatewayAnswer
from local.api_gateway.context import ContextText

#: Types of gateway responses by what the gateway answers. The others come before it is known which API is meant.
TYPES: Mapping[GatewayAnswer, str] = {
    GatewayAnswer.MISSING_AUTHENTICATION_TOKEN: "MISSING_AUTHENTICATION_TOKEN",
    GatewayAnswer.REQUEST_TOO_LARGE: "REQUEST_TOO_LARGE",
    GatewayAnswer.THROTTLED: "THROTTLED",
    GatewayAnswer.INTEGRATION_FAILURE: "INTEGRATION_FAILURE",
    GatewayAnswer.INTEGRATION_TIMEOUT: "INTEGRATION_TIMEOUT",
    GatewayAnswer.INTERNAL_ERROR: "API_CONFIGURATION_ERROR",
}


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """A gateway response of the template. `status` None leaves the gateway's own."""

    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: ContextText


def response_type(answer: Answer) -> str | None:
    """The gateway response's type; None for what the function answered, and for what belongs to no API."""
    return None if answer.reason is None else TYPES.get(answer.reason)


def customised(answer: Answer, responses: Mapping[str, OwnAnswer], values: Mapping[str, str]) -> Answer:
    """The answer as the template wants it. `values` are those of context()."""
    kind = response_type(answer)
    if kind is None:
        return answer
    wanted = responses.get(kind) or responses.get(f"DEFAULT_{answer.status // 100}XX")
    if wanted is None:
        return answer
    set_anew = {name.lower() for name, _ in wanted.headers}
    kept = tuple((name, value) for name, value in answer.headers if name.lower() not in set_anew)
    body = wanted.body.fill(values, "").encode()
    return replace(answer, status=wanted.status or answer.status, headers=kept + wanted.headers, body=body)
