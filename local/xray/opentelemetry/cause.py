"""PURE: a span's status and events -> `error`, `fault`, `throttle` and `cause` of its document."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from local.xray.opentelemetry import semantics as names
from local.xray.opentelemetry.attributes import Attributes, text
from local.xray.opentelemetry.http import status_of
from local.xray.opentelemetry.python_stack import with_stack

_ERROR = 2  # the status code of a span that failed
_SDK_EVENT, _SDK_TYPE = "HTTP request failure", "aws.http.error.event"


def flags(found: Attributes, status: Mapping[str, Any]) -> dict[str, bool]:
    """By the HTTP status where there is one, for many instrumentations set no other; else by the span's own."""
    code = status_of(found)
    if code is None or not 400 <= code < 600:
        return {"fault": True} if status.get("code") == _ERROR else {}
    if code >= 500:
        return {"fault": True}
    return {"error": True, "throttle": True} if code == 429 else {"error": True}


def cause(
    span: Mapping[str, Any], found: Attributes, events: Iterable[tuple[str, Attributes, int]], language: str
) -> dict[str, Any]:
    """`events`: name, attributes, and time in nanoseconds. The exceptions that they tell, else the status's message."""
    of_sdk = found.get("rpc.system") == "aws-api"
    exceptions: list[dict[str, Any]] = []
    for name, told, at_ns in events:
        seed = f"{span['spanId']} {len(exceptions)}"
        if name == "exception":
            exceptions += _exception(span, told, seed, language)
        elif of_sdk and name == _SDK_EVENT:
            exceptions += _failed_request(told, at_ns, seed)
    status = span.get("status", {})
    message = text(status, "message") or text(found, "http.status_text")
    if not exceptions and status.get("code") == _ERROR and message:
        exceptions = [{"id": exception_id(f"{span['spanId']} 0"), "message": message}]
    return {"exceptions": exceptions} if exceptions else {}


def exception_id(seed: str) -> str:
    """16 hexadecimal digits that a span has again when it is converted again."""
    return hashlib.blake2b(seed.encode(), digest_size=8).hexdigest()


def _exception(span: Mapping[str, Any], told: Attributes, seed: str, language: str) -> list[dict[str, Any]]:
    first = {
        "id": exception_id(seed),
        "type": text(told, "exception.type"),
        "message": text(told, "exception.message"),
        "remote": span.get("kind") in (names.CLIENT, names.PRODUCER),
    }
    stack = text(told, "exception.stacktrace")
    return with_stack(first, stack, exception_id) if stack and language == "python" else [first]


def _failed_request(told: Attributes, at_ns: int, seed: str) -> list[dict[str, Any]]:
    """A try of an AWS SDK that failed, and may have been tried again."""
    code, message = text(told, *names.STATUS), told.get("aws.http.error_message")
    if not code or not isinstance(message, str):
        return []
    said = f"{code}@{at_ns // 1000 / 1_000_000:.6f}@{message}"
    return [{"id": exception_id(seed), "type": _SDK_TYPE, "message": said, "remote": True}]
