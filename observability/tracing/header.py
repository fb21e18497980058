"""The X-Amzn-Trace-Id header (X-Ray developer guide, "Tracing header"). PURE."""

from __future__ import annotations

import re
from typing import NamedTuple

_LONGEST = 1024
_USUAL = re.compile(r"Root=(1-[0-9a-f]{8}-[0-9a-f]{24});Parent=([0-9a-f]{16});Sampled=([01])(?:;Lineage=[^;=]*)?")
"""What Lambda gives every invocation; taken apart at once."""

_ROOT = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_PARENT = re.compile(r"[0-9a-f]{16}")


class TraceHeader(NamedTuple):
    """`root`: the trace id, 1-<8 hex>-<24 hex>. `parent`: a segment's id, 16 hex. `sampled`: None if undecided."""

    root: str | None = None
    parent: str | None = None
    sampled: bool | None = None


def parse(text: str | None) -> TraceHeader:
    """What can be used of a header; it comes from the network, so the rest is as if it weren't there.
    A parent without its root means nothing.
    """
    if not text or len(text) > _LONGEST:
        return TraceHeader()
    if usual := _USUAL.fullmatch(text):
        return TraceHeader(usual[1], usual[2], usual[3] == "1")
    members = dict(part.strip().partition("=")[::2] for part in text.split(";"))
    root = _usable(_ROOT, members.get("Root"))
    parent = _usable(_PARENT, members.get("Parent")) if root else None
    return TraceHeader(root, parent, {"0": False, "1": True}.get(members.get("Sampled", "")))


def _usable(form: re.Pattern[str], value: str | None) -> str | None:
    return value if value and form.fullmatch(value) else None
