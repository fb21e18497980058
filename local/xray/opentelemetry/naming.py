"""PURE: what a span's document is called, and the namespace of the call that it is.

A segment is named after its service and a call after what it calls, where a span is named after what it does.
"""

import re
from urllib.parse import urlsplit

from local.xray.opentelemetry import semantics as names
from local.xray.opentelemetry.attributes import Attributes, text
from local.xray.validation import MAX_NAME

_NOT_ALLOWED = re.compile(r"[^\w\s.:/%&#=+\\\-@]")
_OUTGOING = (names.CLIENT, names.PRODUCER, names.CONSUMER)
_SDK_PREFIXES = ("AWS.SDK.", "AWS::")


def name_of(found: Attributes, resource: Attributes, kind: int, span_name: str) -> str:
    """The first that is known; the span's own name when nothing else is."""
    return _allowed(
        _by_signals(found, kind)
        or text(found, "peer.service", "aws.service")
        or _database(found)
        or (text(resource, "service.name") if kind == names.SERVER else "")
        or text(found, "rpc.service", "http.host", "net.peer.name")
        or span_name
    )


def namespace_of(found: Attributes, kind: int) -> str:
    by_service = not _by_signals(found, kind) and not text(found, "peer.service") and text(found, "aws.service")
    if is_sdk(found) or by_service:
        return "aws"
    return "remote" if kind == names.CLIENT else ""


def is_sdk(found: Attributes) -> bool:
    return found.get("rpc.system") == "aws-api"


def remote_name(found: Attributes) -> str:
    """`aws.remote.service`, of AWS's own services without what stands before their name."""
    name = text(found, names.REMOTE_SERVICE)
    for prefix in _SDK_PREFIXES:
        if is_sdk(found) and name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _by_signals(found: Attributes, kind: int) -> str:
    """By the attributes of Application Signals."""
    is_local_root = kind == names.INTERNAL and found.get(names.SPAN_KIND) == names.LOCAL_ROOT
    if kind == names.SERVER or is_local_root:
        return text(found, names.LOCAL_SERVICE)
    return remote_name(found) if kind in _OUTGOING else ""


def _database(found: Attributes) -> str:
    name = text(found, *names.INSTANCE)
    if not name:
        return ""
    try:
        host = urlsplit(text(found, names.CONNECTION).removeprefix("jdbc:")).hostname
    except ValueError:
        host = None
    return f"{name}@{host}" if host else name


def _allowed(name: str) -> str:
    return _NOT_ALLOWED.sub("", name)[:MAX_NAME] or "span"
