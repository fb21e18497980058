"""PURE: the head of an ordinary request of AWS's RPC protocols, as SDKs send them: one POST, its length said.

What is not plainly one is not read here at all, whether it is wrong or only rare: a whole HTTP parser decides.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

MOST_BYTES = 16 * 1024

# RFC 9112 without what is rare: no query string, no white space but the one space, no characters beyond ASCII.
_FIRST = re.compile(r"POST (/|/service/[A-Za-z0-9]+/operation/[A-Za-z0-9]+) HTTP/1\.1", re.ASCII)
_LENGTH = re.compile(r"[0-9]{1,9}", re.ASCII)
# They change what follows, or want an answer before it.
_RARE = frozenset({"transfer-encoding", "expect", "upgrade", "te", "trailer", "http2-settings"})


class Head(NamedTuple):
    """`headers` by their names in lower case; `length` is the body's, in bytes."""

    path: str
    headers: Mapping[str, str]
    length: int


def read_head(head: bytes) -> Head | None:
    """`head` is without the empty line that ends it. None for what is not plainly ordinary."""
    if len(head) > MOST_BYTES or not head.isascii():
        return None
    first, *lines = head.decode().split("\r\n")
    found = _FIRST.fullmatch(first)
    headers = _headers(lines)
    if found is None or headers is None:
        return None
    length = headers.get("content-length", "")
    ordinary = (
        "host" in headers
        and headers.get("connection", "keep-alive").lower() == "keep-alive"
        and _RARE.isdisjoint(headers)
        and _LENGTH.fullmatch(length)
    )
    return Head(found[1], headers, int(length)) if ordinary else None


def _headers(lines: Sequence[str]) -> dict[str, str] | None:
    """None where one is given twice, too."""
    headers = {}
    for line in lines:
        name, _, value = line.partition(": ")
        # Printable, of ASCII, is a space to a tilde: no control character is.
        if not (name.replace("-", "").isalnum() and value.isprintable() and value and value.strip() == value):
            return None
        headers[name.lower()] = value
    return headers if len(headers) == len(lines) else None
