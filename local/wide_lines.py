"""The function's own wide lines, held until the gateway has answered the request that they tell about."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from local.logs import LogEvent, LogSource

HELD = 1000  # lines of requests that the gateway never reports (it gave up on them) fall out at the old end


@dataclass(frozen=True, slots=True)
class WideLine:
    """What the terminal shows of a wide line. None where the line has no such field of the right type."""

    route: str | None
    cold_start: bool | None


class WideLines:
    """Takes a log event if it is a wide line: a JSON object that has function_request_id, route and status."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, WideLine] = OrderedDict()

    def take(self, event: LogEvent) -> bool:
        document = read_wide(event)
        if document is None:
            return False
        route, cold = document["route"], document.get("cold_start")
        line = WideLine(route if isinstance(route, str) else None, cold if isinstance(cold, bool) else None)
        self._held[document["function_request_id"]] = line
        if len(self._held) > HELD:
            self._held.popitem(last=False)
        return True

    def pop(self, function_request_id: str | None) -> WideLine | None:
        return self._held.pop(function_request_id, None) if function_request_id else None


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
