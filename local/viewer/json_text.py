"""PURE: JSON from telemetry, as text that a page can be sent with."""

import json
from typing import Any


def read_json(text: str) -> Any:
    """What the text holds, U+FFFD in place of halves of characters (lone surrogates), which no page is encoded with.

    Raises ValueError, for what is nested too deep too.
    """
    try:
        found = json.loads(text)
        return json.loads(whole(json.dumps(found, ensure_ascii=False))) if "\\u" in text else found
    except RecursionError:
        raise ValueError("nested too deep") from None


def whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
