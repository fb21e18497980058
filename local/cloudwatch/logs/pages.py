"""PURE: pages of lists. A token holds the last key of the page before it."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from local.cloudwatch.logs.parameters import invalid


def token_of(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def key_of(parameters: Mapping[str, Any], key: str = "nextToken") -> str | None:
    """What token_of() was given; None on the first page. Raises AwsError."""
    if key not in parameters:
        return None
    try:
        return base64.b64decode(parameters[key], altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        raise invalid("The specified nextToken is invalid.") from None
