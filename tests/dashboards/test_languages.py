"""The generated monitoring stack, read by the laptop's own readers of CloudWatch's and X-Ray's languages.

No linter reads them: metric math, SEARCH, patterns, queries, alarm rules, trace filters,
dashboard bodies. The readers are held to AWS's
pages by tests of their own, and share no code with dashboards/.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from dashboards import listing
from dashboards.resolving import EXAMPLE, resolved
from local.cloudwatch.alarms import parse_alarm_rule
from local.cloudwatch.dashboards import validate_body
from local.cloudwatch.logs import parse_pattern, parse_query
from local.cloudwatch.metrics import parse_expression
from local.errors import AwsError
from local.xray import parse_filter

if TYPE_CHECKING:
    from collections.abc import Callable

GENERATED = Path(__file__).parents[2] / "dashboards" / "generated" / "monitoring.json"
RESOURCES = resolved(json.loads(GENERATED.read_text()), EXAMPLE)


class Language(NamedTuple):
    """How its texts are listed and read, and one that is wrong."""

    texts: Callable[[Any], list[listing.Found]]
    read: Callable[[str], Any]
    wrong: str


LANGUAGES = {
    "metric math": Language(listing.math_expressions, parse_expression, "100 * m1 / "),
    "SEARCH": Language(listing.search_expressions, parse_expression, "SEARCH('{AWS/Lambda,FunctionName} \"', 'Sum')"),
    "filter patterns": Language(listing.filter_patterns, parse_pattern, '{ $.type = "platform.report" && }'),
    "Insights queries": Language(listing.insights_queries, parse_query, "stats count(*) by"),
    "alarm rules": Language(listing.alarm_rules, parse_alarm_rule, 'ALARM("a") AND'),
    "X-Ray filters": Language(listing.xray_filters, parse_filter, "responsetime > "),
}


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_text_is_read(name: str) -> None:
    """None is misspelt: each text of the template is one that CloudWatch or X-Ray takes."""
    language = LANGUAGES[name]
    found = language.texts(RESOURCES)
    assert found, f"the template has no {name} at all"
    for where, text in found:
        try:
            language.read(text)
        except (AwsError, ValueError) as error:
            pytest.fail(f"{where}: {text}: {error}")


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_wrong_text_is_seen(name: str) -> None:
    """The readers do refuse."""
    language = LANGUAGES[name]
    with pytest.raises((AwsError, ValueError)):
        language.read(language.wrong)


def test_the_bodies_are_taken() -> None:
    """No error and no warning in any dashboard's body ("Dashboard Body Structure and Syntax")."""
    for name, body in listing.bodies(RESOURCES).items():
        assert validate_body(json.dumps(body)) == [], name


def test_a_wrong_body_is_seen() -> None:
    """A body with a misspelt property has a message that names it."""
    body = next(iter(listing.bodies(RESOURCES).values()))
    body = json.loads(json.dumps(body))
    body["widgets"][0]["widht"] = 6
    (message,) = validate_body(json.dumps(body))
    assert "widht" in f"{message.path} {message.text}"
