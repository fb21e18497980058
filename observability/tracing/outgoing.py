"""The headers by which a call takes its trace along. PURE."""

from __future__ import annotations

__all__ = ["outgoing"]


def outgoing(root: str, span_id: str, *, sampled: bool) -> dict[str, str]:
    """X-Ray's (developer guide, "Tracing header") and W3C's (Trace Context, "Traceparent header")."""
    return {
        "X-Amzn-Trace-Id": f"Root={root};Parent={span_id};Sampled={int(sampled)}",
        "traceparent": f"00-{root[2:].replace('-', '')}-{span_id}-{int(sampled):02x}",
    }
