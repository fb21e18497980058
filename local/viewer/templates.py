"""The pages' templates: Jinja2, where everything is text unless a filter here made it HTML."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.viewer import formats
from local.viewer.markdown import render
from local.viewer.time_range import PRESETS


def new_templates() -> Environment:
    """Those of html/. An undefined name is an error, not a gap in a page."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters |= {
        "number": formats.number,
        "milliseconds": formats.milliseconds,
        "size": formats.size,
        "percent": formats.percent,
        "instant": formats.instant,
        "markdown": render,
        "segment": lambda text: quote(str(text), safe=""),
    }
    templates.globals |= {"link": link, "PRESETS": PRESETS}
    return templates


def link(path: str, *parts: str, **query: Any) -> str:
    """`link("/alarms", "a/b", start="-PT3H")` -> `/alarms/a%2Fb?start=-PT3H`. What is None or "" is left out."""
    path = "/".join([path.rstrip("/"), *(quote(part, safe="") for part in parts)]) or "/"
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path
