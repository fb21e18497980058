"""What a person sees while the stack runs."""

import contextlib
import json
import os
from collections.abc import Mapping
from typing import TextIO

from local.api_gateway.record import RequestRecord
from local.logs import LogEvent, LogSource
from local.plain_text import cut, one_line
from local.request_line import request_line
from local.wide_lines import WideLine, WideLines

FUNCTION_LINE = 2000  # characters of a function's line that are shown; the log file has all of it
_DIM, _RED, _YELLOW, _GREEN, _RESET = "\x1b[2m", "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[0m"


class Terminal:
    """Prints requests, the function's lines and notes, each flushed at once (also a LogSink)."""

    def __init__(self, out: TextIO, *, colours: bool, verbose: bool) -> None:
        self._out = out
        self._colours = colours
        self._verbose = verbose
        self._wide = WideLines(self._show)
        self._rejected = 0

    def put(self, event: LogEvent) -> None:
        if self._wide.take(event):
            return
        if event.source is LogSource.FUNCTION or self._verbose or tells_of_a_failed_start(event.message):
            for line in event.message.rstrip("\n").split("\n"):
                self._print(f"              | {cut(one_line(line), FUNCTION_LINE)}", _DIM)

    def request(self, record: RequestRecord) -> None:
        """Shown when the function's own line of the request is there, which may come after the answer."""
        self._wide.request(record)

    def settle(self) -> None:
        """Shows the requests whose function never had its say. To be called when the function is stopped."""
        self._wide.settle()

    def _show(self, record: RequestRecord, wide: WideLine | None) -> None:
        line = request_line(record, wide)
        self._print(line, _RED if record.status >= 500 else _YELLOW if record.status >= 400 else _GREEN)
        if record.failure:
            self.note(f"              ^ {record.failure}")

    def note(self, text: str) -> None:
        self._print(one_line(text))

    def rejected(self, reason: str) -> None:
        """The first rejected datagram, and then the 10th, the 100th, ...: a broken sender must not drown the rest."""
        self._rejected += 1
        if str(self._rejected).strip("0") == "1":
            self.note(f"X-Ray daemon: rejected a datagram ({self._rejected} so far, all in rejected.jsonl): {reason}")

    def _print(self, line: str, colour: str = "") -> None:
        if self._colours and colour:
            line = f"{colour}{line}{_RESET}"
        try:
            self._out.write(line + "\n")
            self._out.flush()
        except (OSError, ValueError):
            self._forget_terminal()

    def _forget_terminal(self) -> None:
        """The reader of our output is gone (`up | head`): the files go on, and Python finds an output at exit."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._out.fileno())
            os.close(nowhere)


def wants_colours(out: TextIO, environ: Mapping[str, str]) -> bool:
    """On a terminal, unless NO_COLOR (https://no-color.org) or TERM=dumb says otherwise."""
    return out.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def tells_of_a_failed_start(message: str) -> bool:
    """PURE: whether a platform line reports an initialisation that failed, in text or JSON log format."""
    if message.startswith("INIT_REPORT "):
        return "Status: " in message
    if '"platform.initReport"' not in message:
        return False
    try:
        record = json.loads(message).get("record", {})
    except (ValueError, AttributeError):
        return False
    return isinstance(record, dict) and record.get("status", "success") != "success"
