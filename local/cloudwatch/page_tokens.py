"""PURE: where a listing goes on, as a token that means nothing to the client."""

import base64
import binascii
import json
from typing import Any


def page_token(key: Any) -> str:
    """`key` is JSON: of the last thing on this page."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def page_key(token: str) -> Any:
    """What page_token() was given. Raises ValueError for what is none of its tokens."""
    try:
        key = json.loads(base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True))
        json.dumps(key, ensure_ascii=False).encode()  # half a surrogate pair is no character
    except (binascii.Error, RecursionError, UnicodeError) as error:
        raise ValueError(f"{token!r} is no page's token") from error
    return key
