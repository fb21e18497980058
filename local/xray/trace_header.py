"""The tracing header `X-Amzn-Trace-Id`, read, continued and made (AWS page "X-Ray concepts", Tracing header)."""

import os
import re
from dataclasses import dataclass
from typing import Self

_ROOT = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}", re.ASCII)
_ID = re.compile(r"[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TraceHeader:
    """`sampled` is None when the sender left the decision to the receiver."""

    root: str
    parent: str | None = None
    sampled: bool | None = None

    @classmethod
    def read(cls, text: str | None, now_s: float) -> Self:
        """The client's header, or a new trace when there is none or its Root is not a trace id."""
        fields = dict(part.strip().partition("=")[::2] for part in (text or "").split(";"))
        root, parent = fields.get("Root", "").lower(), fields.get("Parent", "").lower()
        if not _ROOT.fullmatch(root):
            return cls(new_trace_id(now_s))
        sampled = {"0": False, "1": True}.get(fields.get("Sampled", ""))
        return cls(root, parent if _ID.fullmatch(parent) else None, sampled)

    def __str__(self) -> str:
        parent = f";Parent={self.parent}" if self.parent else ""
        sampled = "" if self.sampled is None else f";Sampled={int(self.sampled)}"
        return f"Root={self.root}{parent}{sampled}"


def new_trace_id(now_s: float) -> str:
    return f"1-{int(now_s):08x}-{os.urandom(12).hex()}"


def new_segment_id() -> str:
    """A segment id: 16 hexadecimal digits, from the operating system's randomness."""
    return os.urandom(8).hex()
