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


def place(parameters: Mapping[str, Any], *kinds: type) -> list[Any] | None:
    """Where the call's NextToken goes on, of these kinds; None without one. Raises AwsError for any other token."""
    given = parameters.get("NextToken")
    if given is None:
        return None
    try:
        question, found = json.loads(base64.b64decode(given, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise invalid("NextToken: not a token that this operation gave") from None
    if question != _question(parameters):
        raise invalid("NextToken: was given for other parameters")
    if not isinstance(found, list) or [type(each) for each in found] != list(kinds):
        raise invalid("NextToken: not a token that this operation gave")
    return found


def one_page(parameters: Mapping[str, Any]) -> None:
    """For an operation that answers all at once, and so never gives a token. Raises AwsError."""
    if parameters.get("NextToken") is not None:
        raise invalid("NextToken: this operation answers in one page")


def _question(parameters: Mapping[str, Any]) -> str:
    asked = sorted((name, repr(value)) for name, value in parameters.items() if name != "NextToken")
    return hashlib.blake2b(json.dumps(asked).encode(), digest_size=12).hexdigest()
