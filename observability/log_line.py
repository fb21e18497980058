"""A log entry -> its JSON line, with the same keys as the request's wide line has. PURE.

The keys are those of Powertools' Logger: level, location, message, timestamp, service, exception_name, exception.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as quoted
from typing import TYPE_CHECKING, Any

from observability.catalogue import FIELDS
from observability.json_text import encode, strict, without_lone_surrogates
from observability.timestamps import iso
from observability.tracing.causes import message as message_of
from observability.tracing.causes import stack_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observability.record import Record
    from observability.redaction import Redaction

_LONGEST_STACK = 16_000
_LONGEST_MESSAGE = 200_000
"""An event takes 1 MB, a character up to 6 bytes."""
_AROUND = 100
"""Bytes of an entry beside its message and keys."""
_UNCHANGING = frozenset((int, float, bool, type(None)))
_TAKEN = FIELDS.keys() | {"location", "logger", "exception", "exception_message", "exception_name"}
_IDS = {
    "function_request_id": "function_request_id",
    "request_id": "request_id",
    "trace_id": "xray_trace_id",
    "correlation_id": "correlation_id",
    "method": "method",
}
"""Attributes of the record, and what the line calls them."""


# Neither is a dataclass: two of those take a millisecond of every cold start.


class Entry:
    """One call of a logger, as it was then: what changes afterwards in the values given doesn't show. `head` and `tail`
    are JSON: what stands before and after what the line says of the request. `repairs`: values JSON couldn't say.
    """

    __slots__ = ("head", "repairs", "tail")

    def __init__(self, head: str, tail: str, repairs: int = 0) -> None:
        self.head = head
        self.tail = tail
        self.repairs = repairs

    @property
    def size(self) -> int:
        """Bytes, but for what the line says of the request."""
        return len(self.head) + len(self.tail)


class Call:
    """What a logger was called with. `wall`: seconds since the epoch. `logger`: a library's, None for our own."""

    __slots__ = ("exception", "keys", "level", "location", "logger", "message", "wall")

    def __init__(self, level: str, location: str, wall: float, message: object, keys: Mapping[str, Any]) -> None:
        self.level = level
        self.location = location
        self.wall = wall
        self.message = message
        self.keys = keys
        self.logger: str | None = None
        self.exception: BaseException | None = None

    def of(self, logger: str | None, exception: BaseException | None) -> Call:
        """The same call, by this logger and with this exception."""
        self.logger = logger
        self.exception = exception
        return self

    def above(self, keys: Mapping[str, Any]) -> Call:
        """The same call, its own keys over these."""
        self.keys = {**keys, **self.keys}
        return self

    def plain_size(self) -> int | None:
        """About the bytes of its entry, if nothing in it can change any more; else None."""
        if type(self.message) is not str or self.exception is not None:
            return None
        size = _AROUND + len(self.message)
        for name, value in self.keys.items():
            kind = type(value)
            if kind is not str and kind not in _UNCHANGING:
                return None
            size += len(name) + (len(value) if kind is str else 8) + 6
        return size


def entry(call: Call, redaction: Redaction) -> Entry:
    """The call's entry, its secrets taken out."""
    said, repairs = encode(_message(call.message, redaction))
    head = (
        f'{{"level":{quoted(call.level)},"location":{quoted(call.location)},"message":{said},'
        f'"timestamp":"{iso(call.wall)}"'
    )
    tail = "" if call.logger is None else f',"logger":{quoted(call.logger)}'
    if call.keys:
        named = {f"fields.{name}" if name in _TAKEN else str(name): value for name, value in call.keys.items()}
        text, more = encode(redaction.fields(named))
        tail += f",{text[1:-1]}"
        repairs += more
    if call.exception is not None:
        tail += f",{strict(_exception(call.exception, redaction))[1:-1]}"
    return Entry(head, tail, repairs)


def line(found: Entry, service: str, record: Record | None) -> str:
    """The entry's line. `record`: the request's that it belongs to."""
    about = f',"service":{quoted(service)}'
    if record is not None:
        about += f',"cold_start":{str(record.cold_start).lower()}'
        for attribute, name in _IDS.items():
            if value := getattr(record, attribute):
                about += f',"{name}":{quoted(value)}'
        about += f',"route":{quoted(record.route_now())}'
    return f"{found.head}{about}{found.tail}}}"


def _message(said: object, redaction: Redaction) -> object:
    """Text; a dictionary is written as what it is, as Powertools does."""
    if isinstance(said, dict):
        return redaction.fields(said)
    return redaction.text(str(said)[:_LONGEST_MESSAGE])


def _exception(error: BaseException, redaction: Redaction) -> dict[str, str]:
    stack = redaction.text(without_lone_surrogates(stack_text(error)))
    return {
        "exception_name": type(error).__qualname__,
        "exception_message": redaction.text(message_of(error)),
        "exception": stack[-_LONGEST_STACK:],
    }
