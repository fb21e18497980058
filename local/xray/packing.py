"""PURE: a header and arrays of numbers <-> bytes, compressed."""

import json
import zlib
from array import array
from collections.abc import Iterable
from typing import Any

from local.json_text import read_json

_LEVEL = 1  # zlib's fastest: what is packed is written all the time, and higher levels save a tenth more
_LENGTH = 4  # bytes that the header's length has


def packed(header: Any, arrays: Iterable["array[Any]"]) -> bytes:
    """`header` is JSON."""
    contents = [(each.typecode, each.tobytes()) for each in arrays]
    described = [[code, len(content)] for code, content in contents]
    text = json.dumps([header, described], separators=(",", ":")).encode()
    whole = b"".join((len(text).to_bytes(_LENGTH), text, *(content for _, content in contents)))
    return zlib.compress(whole, _LEVEL)


def unpacked(data: bytes) -> tuple[Any, list["array[Any]"]]:
    """What packed() was given."""
    found = zlib.decompress(data)
    end = _LENGTH + int.from_bytes(found[:_LENGTH])
    header, described = read_json(found[_LENGTH:end])
    arrays: list[array[Any]] = []
    for code, length in described:
        arrays.append(array(code, found[end : end + length]))
        end += length
    return header, arrays
