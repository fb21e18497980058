"""PURE: a dashboard's variables: their values from the URL, put into its body.

Source: AWS page "Dashboard body structure and syntax", "Variables array structure". A property variable changes every
JSON property of its name and every value of a dimension of its name; a pattern variable changes a regular expression's
matches anywhere in the dashboard's JSON.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.viewer.dashboards.entries import NotDrawable

PREFIX = "var."
FIRST = "__FIRST"
_SEARCHED = re.compile(r"\{\s*(?P<names>[^{}]*)\}(?P<rest>.*)", re.DOTALL)
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,\s]+)')
_PAIR = re.compile(r'([\w.:/-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s()]+))')


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable with its present value. `choices` is empty for a text box, and until a search has found some."""

    id: str
    given: Mapping[str, Any]
    label: str
    value: str
    choices: tuple[Choice, ...]

    @property
    def parameter(self) -> str:
        """Its name in the URL."""
        return PREFIX + self.id

    @property
    def is_visible(self) -> bool:
        return self.given.get("visible", True) is not False

    @property
    def kind(self) -> str:
        """`input`, `select` or `radio`."""
        return str(self.given["inputType"])


def read_variables(
    body: Mapping[str, Any], query: Mapping[str, str], found: Mapping[str, Sequence[str]]
) -> list[Variable]:
    """`found` are the values that each variable's search found, by the variable's id."""
    patterns = 0
    variables = []
    for given in body.get("variables", ()):
        patterns += given["type"] == "pattern"
        label = given.get("label") or (given.get("property") if given["type"] == "property" else f"pattern_{patterns}")
        choices = _choices(given, found.get(given["id"], ()))
        value = query.get(PREFIX + given["id"]) or _default(given, choices)
        variables.append(Variable(given["id"], given, str(label), value, choices))
    return variables


def apply(body: Mapping[str, Any], variables: Iterable[Variable]) -> dict[str, Any]:
    """The body with every variable's value in it. Raises NotDrawable for a pattern that is no regular expression."""
    changed = dict(body)
    for variable in variables:
        if not variable.value:
            continue
        if variable.given["type"] == "property":
            changed["widgets"] = _with_property(changed["widgets"], variable.given["property"], variable.value)
        else:
            changed["widgets"] = _with_pattern(changed["widgets"], variable.given["pattern"], variable.value)
    return changed


@dataclass(frozen=True, slots=True)
class Search:
    """What ListMetrics is asked for a variable's search."""

    namespace: str
    dimensions: tuple[str, ...]
    values: Mapping[str, str]
    metric: str | None


def read_search(text: str) -> Search | None:
    """`{AWS/Lambda,FunctionName} MetricName="Duration"`; none where it says more than that (OR, NOT, single words)."""
    found = _SEARCHED.fullmatch(text.strip())
    if found is None:
        return None
    names = [_unescaped(quoted) if quoted else word for quoted, word in _WORD.findall(found["names"])]
    pairs = {key: _unescaped(quoted) if quoted else word for key, quoted, word in _PAIR.findall(found["rest"])}
    if not names or _PAIR.sub("", found["rest"]).replace("AND", "").strip():
        return None
    metric = pairs.pop("MetricName", None)
    return Search(names[0], tuple(names[1:]), pairs, metric)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _choices(given: Mapping[str, Any], found: Sequence[str]) -> tuple[Choice, ...]:
    named = [Choice(str(item["value"]), str(item.get("label", item["value"]))) for item in given.get("values", ())]
    return (*named, *(Choice(value, value) for value in sorted(found)))


def _default(given: Mapping[str, Any], choices: Sequence[Choice]) -> str:
    default = given.get("defaultValue")
    if given["inputType"] != "input" and choices:
        values = [choice.value for choice in choices]
        return str(default) if default is not None and str(default) in values else values[0]
    return "" if default in (None, FIRST) else str(default)


def _with_property(value: Any, name: str, new: str) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _typed(new, item)
            if key == name and not isinstance(item, dict | list)
            else _with_property(item, name, new)
            for key, item in value.items()
        }
    if isinstance(value, list):
        # In a metric, what follows a dimension's name is its value.
        return [
            new if _is_value_of(value, index, name) else _with_property(item, name, new)
            for index, item in enumerate(value)
        ]
    return value


def _is_value_of(items: Sequence[Any], index: int, name: str) -> bool:
    return index >= 3 and index % 2 == 1 and items[index - 1] == name and isinstance(items[index], str)


def _typed(new: str, old: Any) -> Any:
    """`300` stays a number where one stood."""
    if isinstance(old, bool) or not isinstance(old, int | float):
        return new
    try:
        return int(new) if float(new).is_integer() else float(new)
    except ValueError:
        return new


def _with_pattern(widgets: Any, pattern: str, new: str) -> Any:
    text = json.dumps(widgets, ensure_ascii=False)
    try:
        changed = re.sub(pattern, lambda _: json.dumps(new, ensure_ascii=False)[1:-1], text)
        return json.loads(changed)
    except (re.error, ValueError) as error:
        raise NotDrawable(f"the pattern variable {pattern!r} with the value {new!r} leaves no JSON: {error}") from None
