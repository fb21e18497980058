"""PURE: where an answer in pages goes on, as a token that only the same question can use."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from local.xray.problems import invalid


def token(parameters: Mapping[str, Any], place: list[Any]) -> str:
    """`place` is JSON; `parameters` are those of the call."""
    return base64.urlsafe_b64encode(json.dumps([_question(parameters), place]).encode()).decode()


def place(parameters: Mapping[str, Any]) -> list[Any] | None:
    """Where the call's NextToken goes on; None without one. Raises AwsError for a token of another question."""
    given = parameters.get("NextToken")
    if given is None:
        return None
    try:
        question, found = json.loads(base64.b64decode(given, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise invalid("NextToken: not a token that this operation gave") from None
    if question != _question(parameters) or not isinstance(found, list):
        raise invalid("NextToken: was given for other parameters")
    return found


def _question(parameters: Mapping[str, Any]) -> str:
    asked = sorted((name, repr(value)) for name, value in parameters.items() if name != "NextToken")
    return hashlib.blake2b(json.dumps(asked).encode(), digest_size=12).hexdigest()
