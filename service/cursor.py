"""The place in a listing where the next page begins, as a string that a client hands back untouched. PURE."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from service.errors import BadRequestError
from service.ids import is_id


def write(after: str) -> str:
    """The cursor behind the item with id `after`: base64url (no padding) of {"after": id}."""
    return urlsafe_b64encode(json.dumps({"after": after}).encode()).decode().rstrip("=")


def read(cursor: str) -> str:
    """The id that `cursor` names. Raises BadRequestError for anything that `write` did not make."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        members = json.loads(urlsafe_b64decode(padded))
        after = members["after"]
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        after = None
    if not isinstance(after, str) or not is_id(after) or write(after) != cursor:
        raise BadRequestError(
            "cursor is not one that a page of this listing gave: use a page's next_cursor as it is.", kind="bad-cursor"
        )
    return after
