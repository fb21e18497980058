"""PURE: what a function returned -> the HTTP answer.

Source: AWS page "Output format of a Lambda function for proxy integration"; header names that API Gateway keeps for
itself come from AWS page "Amazon API Gateway important notes" (its table of REST API headers).
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable
from typing import Any

from local.api_gateway.answers import Answer, GatewayAnswer

NOT_PASSED = frozenset(
    {"content-length", "expect", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"}
)
REMAPPED = frozenset(
    {
        "authorization",
        "connection",
        "content-md5",
        "date",
        "host",
        "max-forwards",
        "server",
        "user-agent",
        "www-authenticate",
    }
)
REMAPPED_PREFIX = "x-amzn-Remapped-"
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", re.ASCII)
_BAD_IN_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class MalformedAnswer(ValueError):
    pass


def read_answer(payload: bytes) -> Answer:
    """The HTTP answer of a proxy integration; 502 when the payload is not in the proxy's output format."""
    try:
        return _read(payload)
    except MalformedAnswer as error:
        return GatewayAnswer.INTEGRATION_FAILURE.because(f"malformed Lambda proxy response: {error}")


def _read(payload: bytes) -> Answer:
    try:
        document = json.loads(payload)
    except ValueError:
        raise MalformedAnswer("it is not JSON") from None
    if not isinstance(document, dict):
        raise MalformedAnswer(f"it is {_kind(document)}, not an object with statusCode")
    headers = _headers(document)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Answer(_status(document), tuple(headers), _body(document))


def _status(document: dict[str, Any]) -> int:
    status = document.get("statusCode")
    if isinstance(status, str) and status.isascii() and status.isdigit():
        status = int(status)
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        given = "missing" if status is None else json.dumps(status)[:50]
        raise MalformedAnswer(f"statusCode is {given}, not an integer from 200 to 599")
    return status


def _body(document: dict[str, Any]) -> bytes:
    body = document.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedAnswer(f"body is {_kind(body)}, not a string")
    if document.get("isBase64Encoded") is not True:
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedAnswer("isBase64Encoded is true but body is not base64") from None


def _headers(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Both maps as one list; where a name is in both, multiValueHeaders holds its values."""
    multi = _mapping(document, "multiValueHeaders")
    named = {name.lower() for name in multi}
    pairs = [(name, value) for name, value in _mapping(document, "headers").items() if name.lower() not in named]
    for name, values in multi.items():
        if not isinstance(values, list):
            raise MalformedAnswer(f"multiValueHeaders.{name} is {_kind(values)}, not a list")
        pairs += [(name, value) for value in values]
    return list(_passed(pairs))


def _passed(pairs: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, str]]:
    for name, value in pairs:
        text = _header_value(name, value)
        lower = name.lower()
        if lower not in NOT_PASSED:
            yield (REMAPPED_PREFIX + name if lower in REMAPPED else name), text


def _header_value(name: str, value: Any) -> str:
    if not _TOKEN.fullmatch(name):
        raise MalformedAnswer(f"{name[:50]!r} is not a header name")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedAnswer(f"header {name} is {_kind(value)}, not a string")
    if _BAD_IN_VALUE.search(value):
        raise MalformedAnswer(f"header {name} holds a control character")
    return value.encode("utf-8", "replace").decode()


def _mapping(document: dict[str, Any], key: str) -> dict[str, Any]:
    found = document.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise MalformedAnswer(f"{key} is {_kind(found)}, not an object")
    return found


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
