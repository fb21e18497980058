"""PURE: the X-Amzn-Trace-Id header.

Source: the AWS page "AWS X-Ray concepts", "Tracing header".
"""

import re
from dataclasses import dataclass

ROOT = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
PARENT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class TraceHeader:
    """A request's place in a trace; `sampled` is None where the caller left the decision open."""

    root: str | None = None
    parent: str | None = None
    sampled: bool | None = None


def parse_trace_header(text: str | None) -> TraceHeader:
    """Reads Root, Parent and Sampled; a part that is not of its form counts as absent, other parts are let be."""
    parts = dict(part.strip().partition("=")[::2] for part in (text or "").split(";"))
    root, parent, sampled = parts.get("Root", ""), parts.get("Parent", ""), parts.get("Sampled", "")
    return TraceHeader(
        root=root if ROOT.fullmatch(root) else None,
        parent=parent if PARENT.fullmatch(parent) else None,
        sampled={"1": True, "0": False}.get(sampled),
    )
