"""PURE: report.html: one file that needs nothing else, no script and no network."""

from collections.abc import Mapping
from typing import Any

from load_tests.report import limits, measurements, overview
from load_tests.report.markup import Html, joined, tag
from load_tests.report.route_table import by_route
from load_tests.report.style import CSS

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Were a text ever taken for markup, it still could load and run nothing."""


def page(document: Mapping[str, Any]) -> str:
    about, found = document["about"], document["analysis"]
    parts = (
        overview.head(about),
        overview.choice(found),
        measurements.pictures(found),
        overview.strategies(found),
        measurements.numbers(found),
        limits.timeouts(found),
        by_route(found),
        limits.arrivals(found),
        overview.method(found),
    )
    metas = Html(
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    )
    top = tag("head", metas, tag("title", f"Sweep of {about['function']}"), tag("style", Html(CSS)))
    return f'<!doctype html>\n<html lang="en">{joined(top, tag("body", tag("main", *parts)))}</html>\n'
