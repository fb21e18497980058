"""Any traces, and any filter expressions: each keyword with each of its operators, wherever it may stand."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from local.xray.filters.vocabulary import CAUSES, KEYWORDS, OPERATORS, SORTS, Scope, Sort
from tests.local.xray.api import NOW

TEXTS = ["GET", "http://a/b?c=1", "", "ä", "'; --", "%", "\ud800", "a\0b", "x", "@user", "a\nb"]
NAMES = ["web", "items", "table"]
KINDS = ["AWS::Lambda", "AWS::Lambda::Function", "client", "\0"]
NUMBERS = [-2, -0.0, 0, 1, 0.1, 0.3, 0.30000000000000004, 5e-324, 2**53 + 1, 10**30, 1.7e308]
VALUES = {
    Sort.BOOLEAN: ["true", "false"],
    Sort.NUMBER: ["0", "1", "2", "0.25", "0.875", "200", "404", "500"],
    Sort.STRING: [f'"{text}"' for text in [*TEXTS, *NAMES, "AWS::Lambda", "late", "ValueError", "a/"]],
}
ANNOTATED = ["1", "0", "0.3", "0.1", "9007199254740992", "-2"]
KEYS = ["annotation[a]", "annotation[b.c]"]

texts, names, kinds = st.sampled_from(TEXTS), st.sampled_from(NAMES), st.sampled_from(KINDS)
flags = st.fixed_dictionaries({}, optional=dict.fromkeys(("error", "fault", "throttle"), st.booleans()))
annotations = st.dictionaries(
    st.sampled_from(["a", "b.c"]), st.one_of(texts, st.booleans(), st.sampled_from(NUMBERS)), max_size=2
)
http = st.fixed_dictionaries(
    {},
    optional={
        "request": st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("url", "method", "user_agent", "client_ip"), texts)
        ),
        "response": st.fixed_dictionaries({"status": st.sampled_from([200, 404, 429, 500, 2**70])}),
    },
)
zones = st.fixed_dictionaries({}, optional={"instance_id": texts, "availability_zone": texts})
causes = st.sampled_from([[], [{"id": "e" * 16, "type": "ValueError", "message": "late"}], [{"id": "e" * 16}]])


@st.composite
def traces(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Segments that call each other, each perhaps with a call of its own, some in progress."""
    count, found = draw(st.integers(1, 3)), []
    for place in range(count):
        own: dict[str, Any] = {"id": f"{place + 1:016x}", "name": draw(names), **draw(flags), "http": draw(http)}
        own |= {"start_time": NOW + place / 8, "annotations": draw(annotations), "user": draw(texts)}
        own |= {"end_time": NOW + place + 1} if draw(st.booleans()) else {"in_progress": True}
        own |= {"origin": draw(kinds), "resource_arn": draw(texts), "aws": {"ec2": draw(zones)}}
        call = {"id": f"{place + 9:016x}", "name": draw(names), "namespace": "remote", **draw(flags)}
        call |= {"http": draw(http), "annotations": draw(annotations)}
        call |= {"start_time": NOW + 0.25, "end_time": NOW + 0.5}
        call |= {"cause": {"working_directory": "/", "exceptions": draw(causes)}}
        own["subsegments"] = [call] if draw(st.booleans()) else []
        if place:
            own["parent_id"] = draw(st.sampled_from([f"{place:016x}", f"{place + 8:016x}", "f" * 16]))
        found.append(own)
    return found


def comparisons(scope: Scope) -> list[str]:
    """Every one: a keyword alone, and with each operator and some values."""
    found = []
    for keyword in sorted(KEYWORDS[scope] - {"annotation", "coverage"}):
        found += [keyword, *_compared(keyword, OPERATORS[SORTS[keyword]], VALUES[SORTS[keyword]])]
    if "annotation" in KEYWORDS[scope]:
        for key in KEYS:
            found += [key, *_compared(key, OPERATORS[Sort.BOOLEAN], VALUES[Sort.BOOLEAN])]
            found += _compared(key, OPERATORS[Sort.NUMBER], ANNOTATED)
            found += _compared(key, OPERATORS[Sort.STRING], VALUES[Sort.STRING])
    return found


def _compared(keyword: str, operators: Sequence[str], values: Sequence[str]) -> list[str]:
    return [f"{keyword} {operator.upper()} {value}" for operator in operators for value in values]


def joined(part: st.SearchStrategy[str], max_leaves: int) -> st.SearchStrategy[str]:
    return st.recursive(
        part,
        lambda each: st.one_of(
            each.map("!({})".format),
            st.builds("({}) AND ({})".format, each, each),
            st.builds("({}) OR ({})".format, each, each),
        ),
        max_leaves=max_leaves,
    )


def within(scope: Scope) -> st.SearchStrategy[str]:
    """Braces, or none."""
    asked = joined(one_of(scope), 3)
    return st.one_of(st.just(""), asked.map(" {{ {} }}".format))


def one_of(scope: Scope) -> st.SearchStrategy[str]:
    """A comparison, each keyword as often as any other."""
    by_keyword: dict[str, list[str]] = {}
    for text in comparisons(scope):
        by_keyword.setdefault(text.split()[0], []).append(text)
    return st.sampled_from(sorted(by_keyword)).flatmap(lambda keyword: st.sampled_from(by_keyword[keyword]))


called = st.one_of(
    st.sampled_from([f'"{name}"' for name in NAMES]),
    st.builds('id(name: "{}", type: "{}")'.format, names, kinds),
    st.builds('id(type: "{}")'.format, kinds),
)
services = st.builds("service({}){}".format, st.one_of(called, st.just("")), within(Scope.SERVICE))
edges = st.one_of(
    st.builds("edge({}, {}){}".format, called, called, within(Scope.EDGE)),
    st.builds("edge(){}".format, within(Scope.EDGE)),
)
paths = st.sampled_from(["fault", "error"]).flatmap(
    lambda of: st.sampled_from(sorted(CAUSES)).flatmap(
        lambda part: st.builds((f"rootcause.{of}.{part}" + "{}").format, within(CAUSES[part]))
    )
)
groups = st.sampled_from(['group.name = "g"', 'group.name != "g"', 'group.name = "none"'])
expressions = joined(st.one_of(one_of(Scope.TRACE), one_of(Scope.TRACE), services, edges, paths, groups), 5)
selectors = st.one_of(services, edges)
