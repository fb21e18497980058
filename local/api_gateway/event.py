"""PURE: an HTTP request -> the event of a REST API's Lambda proxy integration, payload format 1.0.

Source: AWS page "Input format of a Lambda function for proxy integration". Header names keep the client's case, the
last value wins in the single-value maps, `path` and the path parameters stay percent-encoded, the query is decoded.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local.api_gateway.routing import Match, RestApi, stable_id

# API Gateway does not hand these on to the function (AWS page "Amazon API Gateway important notes", the header table).
NOT_PASSED = frozenset(
    {
        "connection",
        "expect",
        "keep-alive",
        "max-forwards",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# What the gateway says itself: a client's own value is dropped, or grown in the case of X-Forwarded-For.
OVERWRITTEN = frozenset({"x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"})
# English whatever the machine's locale is: strftime("%b") is not.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Members of `identity` that only IAM, API keys, Cognito, mutual TLS or private APIs fill: null otherwise.
EMPTY_IDENTITY = (
    "accessKey",
    "accountId",
    "apiKey",
    "apiKeyId",
    "caller",
    "clientCert",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
    "vpcId",
    "vpceId",
)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What came over the wire. `path` is raw (percent-encoded) and without the stage; `time_ms` epoch milliseconds."""

    method: str
    path: str
    context_path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    protocol: str
    source_ip: str
    port: int
    time_ms: int
    request_id: str
    extended_request_id: str
    trace_header: str


def build_event(request: HttpRequest, api: RestApi, match: Match) -> dict[str, Any]:
    """The complete event; JSON-serialisable."""
    headers = list(_headers(request))
    query = parse_qsl(request.query, keep_blank_values=True, errors="replace")
    body, encoded = _body(request, api)
    return {
        "resource": match.resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "multiValueHeaders": _multi(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _multi(query) or None,
        "pathParameters": dict(match.parameters) or None,
        "stageVariables": dict(api.stage_variables) or None,
        "requestContext": _context(request, api, match),
        "body": body,
        "isBase64Encoded": encoded,
    }


def header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The last value of a header, whatever the case of its name; `name` in lower case."""
    found = None
    for key, value in headers:
        if key.lower() == name:
            found = value
    return found


def _headers(request: HttpRequest) -> Iterable[tuple[str, str]]:
    forwarded = []
    names: dict[str, str] = {}
    for name, value in request.headers:
        lower = name.lower()
        if lower == "x-forwarded-for":
            forwarded.append(value)
        if lower not in NOT_PASSED and lower not in OVERWRITTEN:
            # The same header in two spellings is one header: the first spelling names it.
            yield names.setdefault(lower, name), value
    yield "X-Amzn-Trace-Id", request.trace_header
    yield "X-Forwarded-For", ", ".join([*forwarded, request.source_ip])
    yield "X-Forwarded-Port", str(request.port)
    yield "X-Forwarded-Proto", "http"


def _multi(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _body(request: HttpRequest, api: RestApi) -> tuple[str | None, bool]:
    """Text as it is; base64 by the API's BinaryMediaTypes, and for bytes that are no text (AWS would mangle them)."""
    if not request.body:
        return None, False
    if not is_binary(header(request.headers, "content-type"), api.binary_media_types):
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def is_binary(content_type: str | None, binary_media_types: tuple[str, ...]) -> bool:
    """Whether a content type is among the API's binary media types (`image/png`, `image/*`, `*/*`)."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    main = kind.partition("/")[0]
    wanted = {pattern.replace("~1", "/").lower() for pattern in binary_media_types}
    return "*/*" in wanted or bool(kind and (kind in wanted or f"{main}/*" in wanted))


def _context(request: HttpRequest, api: RestApi, match: Match) -> dict[str, Any]:
    host = header(request.headers, "host") or "localhost"
    domain = host if host.startswith("[") else host.partition(":")[0]
    return {
        "accountId": api.account_id,
        "apiId": api.api_id,
        "deploymentId": stable_id(f"deployment/{api.name}", 6),
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "extendedRequestId": request.extended_request_id,
        "httpMethod": request.method,
        "identity": {
            **dict.fromkeys(EMPTY_IDENTITY),
            "sourceIp": request.source_ip,
            "userAgent": header(request.headers, "user-agent"),
        },
        "path": request.context_path,
        "protocol": request.protocol,
        "requestId": request.request_id,
        "requestTime": clf_time(request.time_ms),
        "requestTimeEpoch": request.time_ms,
        "resourceId": stable_id(match.resource, 6),
        "resourcePath": match.resource,
        "stage": api.stage,
    }


def clf_time(time_ms: int) -> str:
    """Epoch milliseconds -> `09/Apr/2015:12:34:56 +0000`."""
    at = datetime.fromtimestamp(time_ms // 1000, UTC)
    return f"{at.day:02}/{MONTHS[at.month - 1]}/{at.year}:{at:%H:%M:%S} +0000"
