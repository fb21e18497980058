"""PURE: a span's attributes -> the `http` block of its document."""

from collections.abc import Iterable
from typing import Any

from local.xray.opentelemetry import semantics as names
from local.xray.opentelemetry.attributes import Attributes, text, without_empty

_PORTS = {"http": "80", "https": "443"}


def http_block(found: Attributes, kind: int, events: Iterable[Attributes]) -> dict[str, Any]:
    """`events` are the attributes of the span's events: one of them may tell the size of the response."""
    if not any(name in found for name in names.IS_HTTP):
        return {}
    client_ip = text(found, *names.CLIENT_IP)
    request = {
        "method": text(found, *names.METHOD),
        "url": _url(found, kind) if any(name in found for name in names.HAS_URL) else "",
        "user_agent": text(found, *names.USER_AGENT),
        "client_ip": client_ip or text(found, *names.PEER_IP),
        "x_forwarded_for": True if client_ip else None,
    }
    response = {"status": status_of(found), "content_length": _size([found, *events])}
    return without_empty({"request": without_empty(request), "response": without_empty(response)})


def status_of(found: Attributes) -> int | None:
    status = next((found[name] for name in names.STATUS if name in found), None)
    return status if isinstance(status, int) and not isinstance(status, bool) else None


def _url(found: Attributes, kind: int) -> str:
    """The whole URL where the span has it, else put together as the conventions say for its kind."""
    if whole := text(found, *names.URL):
        return whole
    is_server = kind == names.SERVER
    scheme = text(found, *names.SCHEME) or "http"
    host, port = text(found, *names.HOST), ""
    if not host:
        host = text(found, *(names.SERVER_HOST if is_server else names.CLIENT_HOST))
        port = text(found, *(names.SERVER_PORT if is_server else names.CLIENT_PORT))
    shown = f":{port}" if port and port != _PORTS.get(scheme) else ""
    return f"{scheme}://{host}{shown}{_target(found)}"


def _target(found: Attributes) -> str:
    if target := text(found, *names.TARGET):
        return target
    query = text(found, *names.QUERY)
    return (text(found, *names.PATH) or "/") + (f"?{query}" if query else "")


def _size(places: Iterable[Attributes]) -> int | None:
    for found in places:
        size = found.get("messaging.message_payload_size_bytes")
        if found.get("message.type") == "RECEIVED" and isinstance(size, int) and size:
            return size
    return None
