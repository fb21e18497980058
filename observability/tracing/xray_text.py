"""The names, keys, values and flags that X-Ray takes (X-Ray developer guide, "X-Ray segment documents"). PURE."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["annotation", "flags", "key", "name"]

_LONGEST_ANNOTATION = 1_000
_LONGEST_NAME = 200

_NOT_IN_A_KEY = re.compile(r"[^A-Za-z0-9_]")
_NOT_IN_A_NAME = re.compile(r"[^\w\s_.:/%&#=+\\\-@]")


def key(text: str) -> str:
    """The key of an annotation with the characters that X-Ray takes, one at least."""
    return _NOT_IN_A_KEY.sub("_", str(text)) or "_"


def name(text: str) -> str:
    """A name with the characters that X-Ray takes (segment documents, `name`), 200 at most."""
    return _NOT_IN_A_NAME.sub("_", str(text))[:_LONGEST_NAME] or "_"


def annotation(value: Any) -> Any:
    if isinstance(value, (bool, int, float)):
        return value
    return str(value)[:_LONGEST_ANNOTATION]


def flags(status: int | None, *, fault: bool) -> dict[str, bool]:
    """error: the client's fault (4xx); throttle: 429; fault: ours (5xx, exceptions)."""
    found = {}
    if fault or (status or 0) >= 500:
        found["fault"] = True
    elif status is not None and status >= 400:
        found["error"] = True
        if status == 429:
            found["throttle"] = True
    return found
