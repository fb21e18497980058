"""PURE: a dashboard's variables ("Variables Array Structure", Dashboard Body Structure and Syntax)."""

import re
from collections.abc import Iterator
from typing import Any

from local.cloudwatch.dashboards.checks import Message, array, boolean, mapping, string

MOST_VARIABLES = 25
_LONGEST_VALUE = 255
_text = string(longest=_LONGEST_VALUE)
_FIRST = "__FIRST"  # the first value that the search returns


def _value(value: Any, path: str) -> Iterator[Message]:
    if isinstance(value, str):
        yield from _text(value, path)
    elif not isinstance(value, int | float):
        yield Message(path, "Should be string, number or boolean")


_variable = mapping(
    {
        "defaultValue": _value,
        "id": string(longest=32, pattern=re.compile("[0-9A-Za-z_-]+")),
        "inputType": string(choices=("input", "select", "radio")),
        "label": string(longest=30),
        "pattern": string(),
        "populateFrom": string(),
        "property": string(),
        "search": string(longest=2048),
        "type": string(choices=("property", "pattern")),
        "values": array(mapping({"value": _value, "label": _text}, required=("value",)), least=1, most=500),
        "visible": boolean,
    },
    required=("type", "inputType", "id"),
)


def _checked(value: Any, path: str) -> Iterator[Message]:
    yield from _variable(value, path)
    if not isinstance(value, dict):
        return
    kind = value.get("type")
    if kind in ("property", "pattern") and kind not in value:
        yield Message(path, f"Should have required property '{kind}'")
    if value.get("inputType") in ("select", "radio"):
        yield from _choice(value, path)


def _choice(variable: dict[str, Any], path: str) -> Iterator[Message]:
    """Values to choose from, or a search that finds them."""
    if "values" not in variable:
        for name in ("search", "populateFrom"):
            if name not in variable:
                yield Message(path, f"Should have required property '{name}' or 'values'")
    elif "search" not in variable and isinstance(variable["values"], list) and "defaultValue" in variable:
        values = [value.get("value") for value in variable["values"] if isinstance(value, dict)]
        if variable["defaultValue"] not in [*values, _FIRST]:
            yield Message(f"{path}/defaultValue", "Should be equal to one of the values")


variables = array(_checked, most=MOST_VARIABLES)
