"""PURE: the head of an ordinary request of AWS's RPC protocols, as SDKs send them: one POST, its length said.

What is not plainly one is not read here at all, whether it is wrong or only rare: a whole HTTP parser decides.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

MOST_BYTES = 16 * 1024

# RFC 9112 without what is rare: no query string, no white space but the one space, no characters beyond ASCII.
_HEAD = re.compile(
    rb"POST (/|/service/[A-Za-z0-9]+/operation/[A-Za-z0-9]+) HTTP/1\.1((?:\r\n[A-Za-z0-9-]+: [!-~](?:[ -~]*[!-~])?)+)"
)
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
    found = _HEAD.fullmatch(head) if len(head) <= MOST_BYTES else None
    if found is None:
        return None
    lines = found[2].decode("ascii").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    length = headers.get("content-length", "")
    ordinary = (
        len(headers) == len(lines) - 1  # none is given twice
        and "host" in headers
        and headers.get("connection", "keep-alive").lower() == "keep-alive"
        and _RARE.isdisjoint(headers)
        and _LENGTH.fullmatch(length)
    )
    return Head(found[1].decode("ascii"), headers, int(length)) if ordinary else None
