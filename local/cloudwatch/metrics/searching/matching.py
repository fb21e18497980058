"""PURE: whether a metric is what a SEARCH expression looks for."""

from collections.abc import Iterable

from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.searching.tokens import case_counts, tokenize
from local.cloudwatch.metrics.searching.tree import Condition, Either, Every, Not, Search, Term


def matches(search: Search, metric: Metric) -> bool:
    """A schema with dimensions is the exact set of them; one with a namespace only takes any."""
    if search.namespace is not None and metric.namespace != search.namespace:
        return False
    if search.dimensions and {name for name, _ in metric.dimensions} != search.dimensions:
        return False
    return search.condition is None or _holds(search.condition, metric)


def _holds(condition: Condition, metric: Metric) -> bool:
    match condition:
        case Term():
            return any(_is(condition, field) for field in _fields(condition.field, metric))
        case Not():
            return not _holds(condition.condition, metric)
        case Every():
            return all(_holds(part, metric) for part in condition.conditions)
        case Either():
            return any(_holds(part, metric) for part in condition.conditions)


def _is(term: Term, field: str) -> bool:
    if term.exact:
        return field == term.text
    return tokenize(field).has(tokenize(term.text), case_counts(term.text))


def _fields(field: str | None, metric: Metric) -> Iterable[str]:
    match field:
        case None:
            return (metric.name, metric.namespace, *(part for pair in metric.dimensions for part in pair))
        case "MetricName":
            return (metric.name,)
        case "Namespace":
            return (metric.namespace,)
        case _:
            return (value for name, value in metric.dimensions if name == field)
