"""The traceparent header (W3C Trace Context, level 1) as what X-Ray calls the same things. PURE."""

from __future__ import annotations

import re

from observability.tracing.header import TraceHeader

_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED = 0x01


def parse_traceparent(text: str) -> TraceHeader:
    """The trace id's first 8 digits become the root's (X-Ray developer guide, "Sending trace data": 1-<8>-<24>).

    What can't be used is as if it weren't there: version ff, ids of zeros, capitals. A later version may have more
    members behind those that are known; version 00 may not.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        return TraceHeader()
    version, first, rest, parent, flags, more = found.groups()
    known = version != "ff" and (version != "00" or more is None)
    if not known or not int(first + rest, 16) or not int(parent, 16):
        return TraceHeader()
    return TraceHeader(f"1-{first}-{rest}", parent, bool(int(flags, 16) & _SAMPLED))
