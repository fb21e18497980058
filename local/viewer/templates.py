"""The pages' templates: Jinja2, where everything is text unless a filter here made it HTML."""

import json
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.viewer import formats
from local.viewer.console_links import own_page
from local.viewer.links import link
from local.viewer.markdown import render, render_with
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
        "dashboard_markdown": lambda text: render_with(text, own_page),
        "variables_json": lambda variables: json.dumps({one.parameter: one.value for one in variables}),
        "segment": lambda text: quote(str(text), safe=""),
    }
    templates.globals |= {"link": link, "PRESETS": PRESETS}
    return templates
