"""PURE: a filter expression, a trace -> whether the trace meets it.

Source: AWS page "Using filter expressions". A keyword of a trace is about its root, except where the page says "any
segment" (user, availabilityzone, instance.id, resource.arn) and for annotations. A keyword with several values meets
a comparison when one of them does; with none, none does.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from local.xray.facts import CLIENT, Facts, Measured, Visit
from local.xray.filters.expressions import (
    All,
    Cause,
    Comparison,
    Edge,
    Either,
    Expression,
    Group,
    Not,
    Service,
    ServiceName,
)
from local.xray.filters.values import (
    CLIENT_TYPE,
    Values,
    cause_values,
    test_of,
    trace_values,
    visit_values,
    work_values,
)
from local.xray.root_causes import RootCause


@dataclass(frozen=True, slots=True)
class NamedFilter:
    """A group: `where` is None for one that takes every trace."""

    name: str
    arn: str
    where: Expression | None


def matches(expression: Expression | None, facts: Facts, groups: Iterable[NamedFilter] = ()) -> bool:
    """An expression that is None takes every trace. `groups` are those that `group.name` and `group.arn` look among."""
    return expression is None or _Trace(facts, tuple(groups)).meets(expression)


def meeting_visits(selector: Service, facts: Facts) -> Iterator[Visit]:
    for visit in facts["visits"]:
        called = is_called(selector.of, visit["name"], visit["type"], visit["account"])
        if called and _holds(selector.where, visit_values(visit)):
            yield visit


def meeting_passages(selector: Edge, facts: Facts) -> Iterator[Measured]:
    """A call from outside comes from the client, which has the name of the service that it calls."""
    visits = facts["visits"]
    for passage in facts["passages"]:
        target = visits[passage["target"]]
        source: tuple[str, str | None, str | None] = (target["name"], CLIENT_TYPE, None)
        if passage["source"] != CLIENT:
            visit = visits[passage["source"]]
            source = (visit["name"], visit["type"], visit["account"])
        called = is_called(selector.destination, target["name"], target["type"], target["account"])
        if called and is_called(selector.source, *source) and _holds(selector.where, work_values(passage)):
            yield passage


@dataclass(frozen=True, slots=True)
class _Trace:
    facts: Facts
    groups: tuple[NamedFilter, ...]

    def meets(self, expression: Expression) -> bool:
        return _evaluate(expression, trace_values(self.facts), self._complex)

    def _complex(self, expression: Expression) -> bool:
        if isinstance(expression, Service):
            return any(True for _ in meeting_visits(expression, self.facts))
        if isinstance(expression, Edge):
            return any(True for _ in meeting_passages(expression, self.facts))
        if isinstance(expression, Cause):
            return causes(expression, self.facts["faults" if expression.of == "fault" else "errors"])
        return isinstance(expression, Group) and self._is_in_group(expression)

    def _is_in_group(self, wanted: Group) -> bool:
        named = [group for group in self.groups if wanted.value == (group.name if wanted.by == "name" else group.arn)]
        # A group's own filter may name groups: those that it would meet again are not asked twice.
        others = tuple(group for group in self.groups if group not in named)
        taken = any(matches(group.where, self.facts, others) for group in named)
        return taken if wanted.operator == "=" else not taken


def causes(wanted: Cause, paths: Iterable[RootCause]) -> bool:
    """Whether something in the paths is the cause that is wanted; `paths` are of the faults or the errors it is of."""
    return any(_holds(wanted.where, values) for path in paths for values in cause_values(path, wanted.part))


def is_called(wanted: ServiceName, name: str, kind: str | None, account: str | None) -> bool:
    return (
        wanted.name in (None, name)
        and wanted.type in (None, kind)
        and (wanted.account is None or wanted.account == account)
    )


def _holds(expression: Expression | None, values: Values) -> bool:
    return expression is None or _evaluate(expression, values, _never)


def _never(expression: Expression) -> bool:
    raise AssertionError(expression)  # the parser lets nothing complex into braces


def _evaluate(expression: Expression, values: Values, rest: Callable[[Expression], bool]) -> bool:
    if isinstance(expression, Comparison):
        return any(map(test_of(expression), values(expression.keyword, expression.key)))
    if isinstance(expression, Not):
        return not _evaluate(expression.part, values, rest)
    if isinstance(expression, All):
        return all(_evaluate(part, values, rest) for part in expression.parts)
    if isinstance(expression, Either):
        return any(_evaluate(part, values, rest) for part in expression.parts)
    return rest(expression)
