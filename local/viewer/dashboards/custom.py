"""A custom widget: what it would run is said; it is run when the reader asks for it, where the viewer may.

Source: CloudWatch User Guide, "Details about custom widgets": the function gets the widget's parameters and a
widgetContext; it returns a string of HTML, {"markdown": ...}, or any other JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.viewer.aws import Aws
from local.viewer.dashboards.drawing import Document, failed
from local.viewer.dashboards.entries import NotDrawable
from local.viewer.dashboards.plan import Widget
from local.viewer.markdown import render

MOST_BYTES = 1024 * 1024  # of an answer that is shown


@dataclass(frozen=True, slots=True)
class Context:
    """Where it is shown: the dashboard's name, the time in seconds since the epoch."""

    dashboard: str
    start_s: float
    end_s: float


def offered(widget: Widget, *, may_run: bool) -> Document:
    """What the widget's place says until it is run."""
    params = widget.properties.get("params")
    return {
        "key": widget.key,
        "kind": "custom",
        "title": widget.title,
        "function": str(widget.properties.get("endpoint", "")),
        "params": "" if params is None else json.dumps(params, indent=2, ensure_ascii=False),
        "may_run": may_run,
    }


async def run(aws: Aws, widget: Widget, context: Context) -> Document:
    """Invokes the function. Raises NotAllowed, CallFailed."""
    endpoint = str(widget.properties.get("endpoint", ""))
    sent = json.dumps(event(widget, context)).encode()
    payload, has_failed = await aws.run_function(endpoint, sent, MOST_BYTES + 1)
    if len(payload) > MOST_BYTES:
        raise NotDrawable(f"{endpoint} answered with more than {MOST_BYTES} bytes")
    if has_failed:
        return failed(widget, f"{endpoint} failed: {payload[:1000].decode(errors='replace')}")
    return draw_custom(widget, payload)


def event(widget: Widget, context: Context) -> dict[str, Any]:
    params = widget.properties.get("params")
    return {
        **(params if isinstance(params, Mapping) else {}),
        "widgetContext": {
            "dashboardName": context.dashboard,
            "widgetId": widget.key,
            "title": widget.title,
            "params": params,
            "locale": "en",
            "timezone": {"label": "UTC", "offsetISO": "+00:00", "offsetInMinutes": 0},
            "timeRange": {
                "mode": "absolute",
                "start": round(context.start_s * 1000),
                "end": round(context.end_s * 1000),
            },
            "forms": {"all": {}},
        },
    }


def draw_custom(widget: Widget, payload: bytes) -> Document:
    """HTML and Markdown become a document of their own, which the browser shows in a frame that can do nothing."""
    document: Document = {"key": widget.key, "title": widget.title}
    try:
        answer = json.loads(payload)
    except ValueError:
        return failed(widget, f"what the function answered is no JSON: {payload[:200].decode(errors='replace')}")
    if isinstance(answer, str):
        return document | {"kind": "custom-page", "html": answer}
    if isinstance(answer, Mapping) and list(answer) == ["markdown"]:
        return document | {"kind": "custom-page", "html": str(render(str(answer["markdown"])))}
    return document | {"kind": "custom-text", "text": json.dumps(answer, indent=2, ensure_ascii=False)}
