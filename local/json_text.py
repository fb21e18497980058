"""PURE: JSON texts that others have written -> what they say."""

import json
from typing import Any, NoReturn

import msgspec

SHALLOW = (
    1_900  # characters, in which no document is nested deeper than 950: SQLite reads up to 1,000 ("JSON Functions")
)


def read_json(text: str | bytes) -> Any:
    """As json.loads() reads it, in a third of the time, but for NaN and Infinity, which are Python's and not JSON's.
    Raises ValueError, with the place, and RecursionError where it is nested too deep.
    """
    try:
        return _QUICK.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError):  # it may be one of those that msgspec takes for none: see _EXACT
        return _EXACT.decode(text if isinstance(text, str) else text.decode())


def read_whole_json(text: bytes) -> Any:
    """As read_json() does; half of a surrogate pair, which JSON can spell and no encoding can, is a ValueError too."""
    try:
        return _QUICK.decode(text)  # which takes none
    except (msgspec.MsgspecError, UnicodeDecodeError):
        document = _EXACT.decode(text.decode())
    json.dumps(document, ensure_ascii=False).encode()
    return document


def is_object(text: str) -> bool:
    """Whether it is a JSON object that any reader can read. Some that are one it does not know for one: with a half of
    a surrogate pair, or so many brackets that a reader might take it for too deep.
    """
    try:
        _OBJECT.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return False
    return len(text) <= SHALLOW or text.count("[") + text.count("{") <= SHALLOW // 2


def read_first_json(text: str, start: int) -> tuple[Any, int]:
    """What begins there, and where it has ended, as read_json() does."""
    return _EXACT.raw_decode(text, start)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


class _Object(msgspec.Struct):
    """Any: the members that are not named are read over."""


_OBJECT = msgspec.json.Decoder(_Object)
_QUICK = msgspec.json.Decoder()
# It takes half a surrogate pair, and numbers beyond a float's, which are infinite.
_EXACT = json.JSONDecoder(parse_constant=_refuse)
