"""PURE: CBOR (RFC 8949), as much of it as the Smithy RPC v2 CBOR protocol has: no bignums, tag 1 for timestamps."""

import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.endpoint.instants import from_epoch, to_epoch

DEEPEST = 64  # AWS's shapes nest a dozen deep at most
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_FLOATS = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_SIMPLE_BYTES = {False: 0xF4, True: 0xF5, None: 0xF6}
_INDEFINITE, _TIMESTAMP_TAG = 31, 1


class NotCbor(ValueError):
    """What is wrong with the bytes, and where."""


def decode(data: bytes) -> Any:
    """One data item that is all of `data`. Members that are null are not there. Raises NotCbor and nothing else."""
    reader = _Reader(data)
    value = reader.item(0)
    if reader.at != len(data):
        raise NotCbor(f"{len(data) - reader.at} bytes follow the document")
    return value


def encode(value: Any) -> bytes:
    """Members that are None are left out of maps."""
    out = bytearray()
    _write(out, value)
    return bytes(out)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def item(self, depth: int) -> Any:
        first = self._take(1)[0]
        major, info = first >> 5, first & 31
        if major in (4, 5, 6):
            return self._nested(major, info, depth)
        if major in (2, 3):
            return self._chunks(info, 2) if major == 2 else self._text(info)
        if major == 7:
            return self._simple(info)
        number = self._number(info)
        return number if major == 0 else -1 - number

    def _nested(self, major: int, info: int, depth: int) -> Any:
        if depth > DEEPEST:
            raise NotCbor(f"nested deeper than {DEEPEST}")
        if major == 6:
            return self._tagged(info, depth)
        return self._list(info, depth) if major == 4 else self._map(info, depth)

    def _take(self, size: int) -> bytes:
        taken = self._data[self.at : self.at + size]
        if len(taken) != size:
            raise NotCbor(f"the document ends at byte {len(self._data)}, {size} more are due at {self.at}")
        self.at += size
        return taken

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info not in _LENGTHS:
            raise NotCbor(f"additional information {info} at byte {self.at} is no length")
        return int.from_bytes(self._take(_LENGTHS[info]), "big")

    def _ended(self) -> bool:
        if self._data[self.at : self.at + 1] == b"\xff":
            self.at += 1
            return True
        return False

    def _chunks(self, info: int, major: int) -> bytes:
        if info != _INDEFINITE:
            return self._take(self._number(info))
        chunks = []
        while not self._ended():
            first = self._take(1)[0]
            if first >> 5 != major or first & 31 == _INDEFINITE:
                raise NotCbor(f"byte {self.at - 1} is no chunk of a string")
            chunks.append(self._take(self._number(first & 31)))
        return b"".join(chunks)

    def _text(self, info: int) -> str:
        try:
            return self._chunks(info, 3).decode()
        except UnicodeDecodeError as error:
            raise NotCbor(f"a text before byte {self.at} is not UTF-8: {error.reason}") from None

    def _list(self, info: int, depth: int) -> list[Any]:
        if info == _INDEFINITE:
            found = []
            while not self._ended():
                found.append(self.item(depth + 1))
            return found
        return [self.item(depth + 1) for _ in range(self._count(info, 1))]

    def _map(self, info: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        left = -1 if info == _INDEFINITE else self._count(info, 2)
        while left and not (left < 0 and self._ended()):
            key, value = self.item(depth + 1), self.item(depth + 1)
            if not isinstance(key, str):
                raise NotCbor(f"a map's key before byte {self.at} is no text")
            if value is not None:
                found[key] = value
            left -= 1
        return found

    def _count(self, info: int, least_bytes: int) -> int:
        """How many items follow: never more than there are bytes left for them."""
        count = self._number(info)
        if count * least_bytes > len(self._data) - self.at:
            raise NotCbor(f"{count} items are due at byte {self.at}, the document ends at {len(self._data)}")
        return count

    def _tagged(self, info: int, depth: int) -> Any:
        tag, value = self._number(info), self.item(depth + 1)
        if tag != _TIMESTAMP_TAG:
            raise NotCbor(f"tag {tag} before byte {self.at}; only timestamps (tag 1) are tagged")
        return from_epoch(value)

    def _simple(self, info: int) -> Any:
        if info in _FLOATS:
            form, size = _FLOATS[info]
            return struct.unpack(form, self._take(size))[0]
        if info not in _SIMPLE:
            raise NotCbor(f"simple value {info} before byte {self.at}")
        return _SIMPLE[info]


def _write(out: bytearray, value: Any) -> None:
    if isinstance(value, bool) or value is None:
        out.append(_SIMPLE_BYTES[value])
    elif isinstance(value, str):
        encoded = value.encode("utf-8", "replace")
        _head(out, 3, len(encoded))
        out += encoded
    elif isinstance(value, int):
        _head(out, 0, value) if value >= 0 else _head(out, 1, -1 - value)
    elif isinstance(value, float):
        out += struct.pack(">Bd", 0xFB, value)
    elif isinstance(value, datetime):
        out.append(0xC1)
        _write(out, to_epoch(value))
    elif isinstance(value, bytes):
        _head(out, 2, len(value))
        out += value
    elif isinstance(value, Mapping):
        members = [(key, item) for key, item in value.items() if item is not None]
        _head(out, 5, len(members))
        for key, item in members:
            _write(out, key)
            _write(out, item)
    else:
        _head(out, 4, len(value))
        for item in value:
            _write(out, item)


def _head(out: bytearray, major: int, number: int) -> None:
    if number < 24:
        out.append(major << 5 | number)
        return
    for info, size in _LENGTHS.items():
        if number < 1 << 8 * size:
            out.append(major << 5 | info)
            out += number.to_bytes(size, "big")
            return
    raise OverflowError(f"{number} has no place in CBOR's 64 bits")
