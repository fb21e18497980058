"""PURE: from a point of a graph to what it counts: a trace filter and a Logs Insights query of its dimensions.

Source of the filters: AWS page "Using filter expressions" (X-Ray).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from local.viewer.dashboards.entries import Entry

# A dimension -> what the traces that it counts have. Annotations are the service's own; so is the field of its lines.
_TRACES: Mapping[str, str] = {
    "FunctionName": "service({})",
    "route": "annotation.route = {}",
    "Resource": "annotation.route = {}",
}
# A metric's name -> what more. The first word that is in it counts.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("Fault", "fault = true", "status >= 500"),
    ("5XX", "fault = true", "status >= 500"),
    ("Throttle", "throttle = true", "status = 429"),
    ("4XX", "error = true", "status >= 400 and status < 500"),
    ("Error", "error = true OR fault = true", "status >= 400"),
    ("ColdStart", "annotation.cold_start = true", "ColdStarts > 0"),
)
_FIELDS = frozenset({"route", "service"})
_SHOWN = "fields @timestamp, @message"


def cause(entry: Entry, entries: Sequence[Entry], groups: Sequence[str]) -> dict[str, Any]:
    """`filter` for the traces, `groups` and `query` for the logs. An expression counts what its metrics count."""
    counted = entry if entry.expression is None else next((one for one in entries if one.expression is None), None)
    dimensions = counted.dimensions if counted else {}
    name = counted.name if counted else ""
    traces = [_TRACES[key].format(_quoted(value)) for key, value in dimensions.items() if key in _TRACES]
    lines = [f"{key} = {_quoted(value)}" for key, value in dimensions.items() if key in _FIELDS]
    for word, trace, line in _KINDS:
        if word in name:
            traces.append(f"({trace})" if " OR " in trace and traces else trace)
            lines.append(line)
            break
    function = dimensions.get("FunctionName")
    query = " ".join([_SHOWN, *(f"| filter {line}" for line in lines), "| sort @timestamp desc | limit 100"])
    return {
        "filter": " AND ".join(traces),
        "groups": list(groups) or ([f"/aws/lambda/{function}"] if function else []),
        "query": query,
    }


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
