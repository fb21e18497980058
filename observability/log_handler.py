"""Python's logging, and Powertools' Logger on it, in the form of our lines. Imported when there is a line to write."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from observability.context import current
from observability.log_line import Call
from observability.logs import filled, logger, raised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

_CALL = "observability_call"
"""The attribute of a LogRecord that holds our logger's call: as attributes of their own, some keys would be refused."""
_DONE = "observability_written"
_POWERTOOLS = "observability_powertools"
"""The attribute of a logger that holds Powertools' over it: a second one would configure nothing."""
_STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {
    "asctime",
    "aws_request_id",  # awslambdaric's filter
    "color_message",  # uvicorn's
    "message",
    "taskName",
    "tenant_id",  # awslambdaric's filter
    _CALL,
    _DONE,
}
_TAKEN_OVER = ("awslambdaric", "uvicorn")
_UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access")


class Keys(logging.Formatter):
    """What Powertools' Logger takes for its formatter: keeps the appended keys, of a request or for good."""

    def __init__(self) -> None:
        super().__init__()
        self._lasting: dict[str, Any] = {}

    def append_keys(self, **keys: Any) -> None:
        """Powertools itself appends `service`, which the line has, and `sampling_rate`, which is no fact of it."""
        found = {name: value for name, value in keys.items() if name not in ("service", "sampling_rate")}
        self._keys().update(found)

    def get_current_keys(self) -> dict[str, Any]:
        return {**self._lasting, **(current().log_keys or {})}

    def remove_keys(self, keys: Iterable[str]) -> None:
        for name in keys:
            self._keys().pop(name, None)

    def clear_state(self) -> None:
        self._keys().clear()

    @contextmanager
    def append_context_keys(self, **keys: Any) -> Iterator[None]:
        before = dict(self._keys())
        self.append_keys(**keys)
        try:
            yield
        finally:
            self.clear_state()
            self.append_keys(**before)

    thread_safe_append_keys = append_keys
    thread_safe_get_current_keys = get_current_keys
    thread_safe_remove_keys = remove_keys
    thread_safe_clear_keys = clear_state

    def _keys(self) -> dict[str, Any]:
        record = current()
        if record.logs is None:
            return self._lasting
        if record.log_keys is None:
            record.log_keys = {}
        return record.log_keys


class Handler(logging.Handler):
    """Writes a LogRecord as our line, once, however many of us it passes. `own`: of the application's logger, whose
    lines below the level are kept with the request; others' have passed their logger's level and are written.
    """

    def __init__(self, *, own: bool) -> None:
        super().__init__()
        self._own = own

    def emit(self, found: logging.LogRecord) -> None:
        if getattr(found, _DONE, False):
            return
        setattr(found, _DONE, True)
        record = current()
        try:
            logs = logger.logs(record)
            call = self._with_appended(getattr(found, _CALL, None) or self._call(found))
            if not self._own or logs.shows(record, found.levelno):
                logs.write(record, call)
            elif logs.keeps(record):
                logs.keep(record, call)
        except Exception as error:  # noqa: BLE001 (the telemetry edge)
            record.failed("log line lost", error)

    def _call(self, found: logging.LogRecord) -> Call:
        extra = {name: value for name, value in vars(found).items() if name not in _STANDARD and value is not None}
        if found.stack_info:
            extra["stack_info"] = found.stack_info
        return Call(
            found.levelname,
            f"{found.funcName}:{found.lineno}",
            found.created,
            filled(found.msg, found.args),
            extra,
        ).of(None if self._own else found.name, raised(found.exc_info))

    def _with_appended(self, call: Call) -> Call:
        appended = self.formatter.get_current_keys() if isinstance(self.formatter, Keys) else {}
        return call.above(appended) if appended else call


def handle(service: str, level: int, frame: FrameType, call: Call) -> None:
    """Puts a line of the application's logger through Python's logging, so that others who listen there hear it."""
    code, error = frame.f_code, call.exception
    triple = None if error is None else (type(error), error, error.__traceback__)
    own = _own(service)
    own.handle(
        own.makeRecord(
            service, level, code.co_filename, frame.f_lineno, call.message, (), triple, code.co_name, {_CALL: call}
        )
    )


def _own(service: str) -> logging.Logger:
    """The application's logger in Python's logging, with our handler."""
    own = logging.getLogger(service)
    if not any(isinstance(handler, Handler) for handler in own.handlers):
        handler = Handler(own=True)
        handler.setFormatter(Keys())
        own.addHandler(handler)
        own.setLevel(logging.DEBUG)
        for theirs in logging.root.handlers:
            if _is_default(theirs):  # not taken over: it would write the line again
                theirs.addFilter(_is_not_written)
    return own


def _is_not_written(found: logging.LogRecord) -> bool:
    return not getattr(found, _DONE, False)


def powertools(service: str) -> Any:
    """Powertools' Logger over the application's logger. It is made once; a second call gives one like it."""
    try:
        from aws_lambda_powertools import Logger  # noqa: PLC0415 (who asks for it pays for it)
    except ImportError as error:
        raise ImportError("logger's further methods need Powertools: pip install aws-lambda-powertools") from error
    own = _own(service)
    made = getattr(own, _POWERTOOLS, None)
    if made is not None:
        return made
    (handler,) = (one for one in own.handlers if isinstance(one, Handler))
    own.removeHandler(handler)  # Powertools adds it again
    filters = [(one, list(one.filters)) for one in logging.root.handlers]
    keys: Any = handler.formatter  # it has the methods that Powertools' own has, and no need to import that
    made = Logger(service=service, sampling_rate=0.0, logger_handler=handler, logger_formatter=keys)
    own.setLevel(logging.DEBUG)
    # It makes the root's handlers deaf to every logger whose name contains the service's; ours write nothing twice.
    for one, before in filters:
        one.filters[:] = before
    setattr(own, _POWERTOOLS, made)
    return made


def take_over(*, in_lambda: bool) -> None:
    """From now on other libraries' lines have our form, where Lambda's runtime client or uvicorn has put a handler of
    its own, and where such a process has none. Handlers that somebody chose stay.
    """
    for name in (None, *_UVICORN):
        found = logging.getLogger(name)
        for handler in [one for one in found.handlers if _is_default(one)]:
            found.removeHandler(handler)
            if not any(isinstance(one, Handler) for one in found.handlers):
                found.addHandler(Handler(own=False))
    if not logging.root.handlers and (in_lambda or "uvicorn" in sys.modules):
        logging.root.addHandler(Handler(own=False))


def _is_default(handler: logging.Handler) -> bool:
    makers = (type(handler).__module__, type(handler.formatter).__module__)
    return any(maker.partition(".")[0] in _TAKEN_OVER for maker in makers)
