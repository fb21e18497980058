"""PURE: an estimate as a table's cell: its value, and small below it its interval."""

from collections.abc import Mapping
from typing import Any

from load_tests.report.markup import Html, two
from load_tests.report.words import dollars, low_high, ms, percent

Estimate = Mapping[str, Any] | None


def time_cell(estimate: Estimate) -> Html:
    return two(ms(value(estimate)), low_high(estimate, ms))


def share_cell(estimate: Estimate) -> Html:
    return two(percent(value(estimate)), low_high(estimate, percent))


def dollars_cell(estimate: Estimate) -> Html:
    return two(dollars(value(estimate)), low_high(estimate, dollars))


def value(estimate: Estimate) -> float | None:
    return estimate["value"] if estimate else None
