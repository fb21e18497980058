"""The function's own wide lines, and the gateway's records of the same requests: whichever comes first waits."""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.api_gateway.record import RequestRecord
from local.logs import LogEvent, LogSource

HELD = 1000  # what never finds its other half falls out at the old end: the gateway gave up, the line is of no request


@dataclass(frozen=True, slots=True)
class WideLine:
    """What the terminal shows of a wide line. None where the line has no such field of the right type."""

    route: str | None
    cold_start: bool | None


class WideLines:
    """Pairs log events with request records. `show(record, line)` gets each record once: with its wide line, or with
    None where its invocation ended without one.
    """

    def __init__(self, show: Callable[[RequestRecord, WideLine | None], None]) -> None:
        self._show = show
        self._lines: OrderedDict[str, WideLine | None] = OrderedDict()  # None: ended, and left none
        self._records: OrderedDict[str, RequestRecord] = OrderedDict()

    def take(self, event: LogEvent) -> bool:
        """Whether the event is a wide line: a JSON object that has function_request_id, route and status."""
        if event.source is LogSource.PLATFORM:
            if event.request_id is not None and ends_invocation(event.message):
                self._know(event.request_id, None)
            return False
        document = read_wide(event)
        if document is None:
            return False
        route, cold = document["route"], document.get("cold_start")
        line = WideLine(route if isinstance(route, str) else None, cold if isinstance(cold, bool) else None)
        self._know(document["function_request_id"], line)
        return True

    def request(self, record: RequestRecord) -> None:
        key = record.function_request_id
        if key is None:  # the function was not invoked, or the gateway did not wait for it
            self._show(record, None)
        elif key in self._lines:
            self._show(record, self._lines.pop(key))
        else:
            self._records[key] = record
            if len(self._records) > HELD:
                self._show(self._records.popitem(last=False)[1], None)

    def settle(self) -> None:
        """Shows what still waits: nothing more will come."""
        while self._records:
            self._show(self._records.popitem(last=False)[1], None)

    def _know(self, key: str, line: WideLine | None) -> None:
        record = self._records.pop(key, None)
        if record is not None:
            self._show(record, line)
        elif line is not None or key not in self._lines:
            self._lines[key] = line
            if len(self._lines) > HELD:
                self._lines.popitem(last=False)


def ends_invocation(message: str) -> bool:
    """PURE: whether a platform line is an invocation's report, in text or JSON log format."""
    return message.startswith("REPORT ") or '"type":"platform.report"' in message.replace(" ", "")


def read_wide(event: LogEvent) -> dict[str, Any] | None:
    """PURE: the wide line in a log event, or None."""
    # The cheap look first: most lines of a chatty function are no wide lines.
    if event.source is not LogSource.FUNCTION or '"function_request_id"' not in event.message:
        return None
    try:
        document = json.loads(event.message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not {"route", "status"} <= document.keys():
        return None
    return document if isinstance(document.get("function_request_id"), str) else None
