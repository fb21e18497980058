"""The application's logger: `from observability import logger`, then `logger.info("packed", boxes=3)`.

A line is JSON with the request's ids and route beside its own keys. Lines below the level are kept with the request,
bounded, and shown only if it fails or is slow. It costs a cold start nothing: `logging`'s own machinery is used when
the first line is written, and Powertools' Logger, of which this is the configured face, when something is asked that
only it can do (append_keys(), inject_lambda_context() ...): importing it takes as long as half of FastAPI.
"""

from __future__ import annotations

import sys
from collections import deque
from typing import TYPE_CHECKING, Any

from observability.context import current
from observability.instruments import Instruments
from observability.log_line import Call, Entry, entry, line
from observability.redaction import Redaction
from observability.settings import LogLevel, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from observability.record import Record

__all__ = ["Logger", "Logs", "logger"]

_NUMBERS = {
    LogLevel.DEBUG: 10,
    LogLevel.INFO: 20,
    LogLevel.WARNING: 30,
    LogLevel.ERROR: 40,
    LogLevel.CRITICAL: 50,
}
_NAMES = {number: level.name for level, number in _NUMBERS.items()}
_DEBUG, _INFO, _WARNING, _ERROR, _CRITICAL = _NUMBERS.values()


class Buffer:
    """A request's lines below the level. Beyond `most_bytes` the oldest fall out, and are counted."""

    __slots__ = ("_bytes", "_kept", "_most_bytes", "dropped")

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: deque[tuple[Call | Entry, int]] = deque()
        self.dropped = 0

    def put(self, found: Call | Entry, size: int) -> None:
        self._kept.append((found, size))
        self._bytes += size
        while self._bytes > self._most_bytes and self._kept:
            self._bytes -= self._kept.popleft()[1]
            self.dropped += 1

    def take(self) -> list[Call | Entry]:
        taken = [found for found, _ in self._kept]
        self._kept.clear()
        self._bytes = 0
        return taken


class Logs:
    """Where an application's lines go, and which. `instruments()`: the observer's, which may be exchanged."""

    def __init__(self, settings: Settings, redaction: Redaction, instruments: Callable[[], Instruments]) -> None:
        self.service = settings.service
        self.redaction = redaction
        self.instruments = instruments
        self._level = _NUMBERS[settings.log_level]
        self._sample_rate = settings.log_sample_rate
        self._buffer_bytes = settings.log_buffer_bytes
        self._slow_ms = settings.slow_ms

    def shows(self, record: Record, level: int) -> bool:
        """Whether a line of this level is written at once: by its level, or because the request is in the sample."""
        if level >= self._level or not self._sample_rate:
            return level >= self._level
        if record.log_sampled is None:
            drawn = int.from_bytes(self.instruments().entropy(4), "big") / 2**32
            record.log_sampled = drawn < self._sample_rate
        return record.log_sampled

    def keeps(self, record: Record) -> bool:
        """Whether a line below the level is kept, to be shown if the request fails."""
        return self._buffer_bytes > 0 and record.logs is not None and not record.closed

    def keep(self, record: Record, call: Call) -> None:
        if record.log_keys:
            call = call.above(record.log_keys)
        if record.log_buffer is None:
            record.log_buffer = Buffer(self._buffer_bytes)
        size = call.plain_size()
        if size is not None:  # most lines are never shown: what can't change meanwhile needn't be encoded yet
            record.log_buffer.put(call, size)
        else:
            made = self._entry(record, call)
            record.log_buffer.put(made, made.size)

    def write(self, record: Record, call: Call) -> None:
        self._write(record, self._entry(record, call))

    def settle(self, record: Record) -> None:
        """The request has ended: shows what was kept of it if it failed or was slow, else forgets it."""
        buffer, record.log_buffer = record.log_buffer, None
        if buffer is None or not (record.is_fault() or record.duration_ms() >= self._slow_ms):
            return
        if buffer.dropped:
            said = f"{buffer.dropped} earlier line(s) of this request had no room: OBSERVABILITY_LOG_BUFFER_BYTES"
            wall = record.wall(record.now())
            self.write(record, Call("WARNING", "observability", wall, said, {"lines_dropped": buffer.dropped}))
        for one in buffer.take():
            self._write(record, one if isinstance(one, Entry) else self._entry(record, one))

    def _entry(self, record: Record, call: Call) -> Entry:
        made = entry(call, self.redaction)
        if made.repairs and record.logs is not None:
            record.failed(f"{made.repairs} value(s) of a log line that JSON can't say", times=made.repairs)
        return made

    def _write(self, record: Record, found: Entry) -> None:
        self.instruments().write_log(line(found, self.service, record if record.logs is not None else None))


class Logger:
    """The application's logger. Each keyword becomes a key of the line, but for `exc_info`, `stacklevel` and `extra`,
    which are those of Python's logging.

    Nothing raises: what can't be written is counted with the request. Everything else that Powertools' Logger offers
    is here too and loads it; keys appended during a request end with it.
    """

    def __init__(self) -> None:
        self._outside: Logs | None = None

    def use(self, logs: Logs) -> None:
        """Outside a request, lines follow these settings from now on. observe() calls it."""
        self._outside = logs

    def debug(self, message: object, *args: object, **keys: Any) -> None:
        self._log(_DEBUG, message, args, keys)

    def info(self, message: object, *args: object, **keys: Any) -> None:
        self._log(_INFO, message, args, keys)

    def warning(self, message: object, *args: object, **keys: Any) -> None:
        self._log(_WARNING, message, args, keys)

    def error(self, message: object, *args: object, **keys: Any) -> None:
        self._log(_ERROR, message, args, keys)

    def exception(self, message: object, *args: object, **keys: Any) -> None:
        """An error with the exception that is being handled."""
        self._log(_ERROR, message, args, {"exc_info": True, **keys})

    def critical(self, message: object, *args: object, **keys: Any) -> None:
        self._log(_CRITICAL, message, args, keys)

    def powertools(self) -> Any:
        """Powertools' Logger, configured to write the same lines. Raises ImportError if it isn't installed."""
        from observability.log_handler import powertools  # noqa: PLC0415 (only who asks for it pays for it)

        return powertools(self.logs(current()).service)

    def logs(self, record: Record) -> Logs:
        """The settings that count for a line of this request, or outside any."""
        if record.logs is not None:
            return record.logs
        if self._outside is None:
            settings = Settings()
            real = Instruments.real(settings)
            self._outside = Logs(settings, Redaction(), lambda: real)
        return self._outside

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # who only looks (pytest, inspect, copy) is no reason to load it
            raise AttributeError(name)
        return getattr(self.powertools(), name)

    def _log(self, level: int, message: object, args: tuple[object, ...], keys: dict[str, Any]) -> None:
        record = current()
        try:
            logs = self.logs(record)
            shows = logs.shows(record, level)
            if not shows and not logs.keeps(record):
                return
            frame = sys._getframe(1 + keys.pop("stacklevel", 1))  # noqa: SLF001 (documented; logging does it too)
            error = raised(keys.pop("exc_info", None))
            keys = {**(keys.pop("extra", None) or {}), **keys}
            where = f"{frame.f_code.co_name}:{frame.f_lineno}"
            wall = logs.instruments().clock.wall()
            call = Call(_NAMES[level], where, wall, filled(message, args), keys).of(None, error)
            if shows:
                from observability.log_handler import handle  # noqa: PLC0415 (a process may never write a line)

                handle(logs.service, level, frame, call)
            else:
                logs.keep(record, call)
        except Exception as error:  # noqa: BLE001 (the telemetry edge)
            record.failed("log line lost", error)


def filled(message: object, args: Any) -> object:
    """The message's text with its arguments in it; beside it, where they don't fit. A dictionary stays one."""
    if isinstance(message, dict) and not args:
        return message
    try:
        return str(message) % args if args else str(message)
    except Exception:  # noqa: BLE001 (a value's own __str__ may raise anything)
        return " ".join(map(_printable, (message, *args) if isinstance(args, tuple) else (message, args)))


def _printable(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 (see above)
        return f"(unprintable {type(value).__name__})"


def raised(exc_info: Any) -> BaseException | None:
    """The exception that `exc_info` means: itself, that of a triple, or, if it is true, the one being handled."""
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    if isinstance(exc_info, BaseException):
        return exc_info
    return sys.exc_info()[1] if exc_info else None


logger = Logger()
