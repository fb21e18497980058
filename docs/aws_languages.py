"""PURE: the languages of AWS's services on the laptop, function by function and feature by feature -> Markdown.

Where the code has a table, the rows are that table's. Where a parser decides, a row is an example that the parser is
given: what it says of it is the second column.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from docs.aws_examples import ALARMS, FILTER_PATTERNS, INSIGHTS, SEARCHES, SELECTS, STATISTICS, TRACES
from docs.tables import table
from local.cloudwatch.alarms.composite_alarm import composite_alarm
from local.cloudwatch.alarms.metric_alarm import metric_alarm
from local.cloudwatch.dashboards import validate_body
from local.cloudwatch.dashboards.body import WIDGETS
from local.cloudwatch.logs.insights import functions, parse_query, parser
from local.cloudwatch.logs.patterns import parse_pattern
from local.cloudwatch.metrics.expressions.signatures import ARGUMENTS, REFUSED
from local.cloudwatch.metrics.insights import parse_insights
from local.cloudwatch.metrics.searching import parse_search
from local.cloudwatch.metrics.statistic import parse_statistic
from local.errors import NotSupported
from local.xray.filters import parse_filter
from local.xray.filters.vocabulary import KEYWORDS, OPERATORS, SORTS

Rows: TypeAlias = Iterable[tuple[str, str]]
SUPPORTED = "supported"


def sections() -> Iterator[str]:
    """The lines of the page's second half."""
    for title, head, rows in (
        ("Statistics", "statistic", _examples(STATISTICS, read_statistic)),
        ("Metric math", "function", _math()),
        ("SEARCH expressions", "example", _examples(SEARCHES, parse_search)),
        ("Metrics Insights queries", "example", _examples(SELECTS, parse_insights)),
        ("Alarms", "feature", _named(ALARMS, _alarm)),
        ("Dashboards", "widget", _named({f"`{kind}`": kind for kind in WIDGETS}, _widget)),
        ("Filter patterns", "example", _examples(FILTER_PATTERNS, parse_pattern)),
        ("Logs Insights commands", "example", _examples(INSIGHTS, parse_query)),
        ("Logs Insights commands that are refused", "command", _refused_commands()),
        ("Logs Insights functions", "function", _insights_functions()),
        ("X-Ray filter expressions", "example", _examples(TRACES, parse_filter)),
        ("X-Ray keywords", "keyword", _keywords()),
    ):
        yield from (f"## {title}", "", *table((head, "on the laptop"), rows), "")


def verdict(ask: Callable[[], object]) -> str:
    """Any error but NotSupported is raised: the example is wrong then, or the code is."""
    try:
        ask()
    except NotSupported as error:
        return f"refused: {error}"
    return SUPPORTED


def _examples(examples: Sequence[str], read: Callable[[str], object]) -> Iterator[tuple[str, str]]:
    for example in examples:
        yield f"`{example}`", verdict(partial(read, example))


def _named(examples: Mapping[str, Any], read: Callable[[Any], object]) -> Iterator[tuple[str, str]]:
    for name, example in examples.items():
        yield name, verdict(partial(read, example))


def read_statistic(name: str) -> None:
    if parse_statistic(name) is None:
        raise ValueError(f"{name} is no statistic")


def _math() -> Rows:
    yield from ((f"`{name}`", f"{SUPPORTED}, {_count(*counts)}") for name, counts in sorted(ARGUMENTS.items()))
    yield from ((f"`{name}`", f"refused: {why}") for name, why in sorted(REFUSED.items()))


def _count(least: int, most: int | None) -> str:
    if most is not None and least != most:
        return f"{least} to {most} arguments"
    return f"{least} argument{'' if least == 1 else 's'}{' or more' if most is None else ''}"


def _alarm(parameters: Mapping[str, Any]) -> None:
    if "AlarmRule" in parameters:
        composite_alarm({"AlarmName": "a", **parameters})
    else:
        metric_alarm({"AlarmName": "a", **parameters})


def _widget(kind: str) -> None:
    """A dashboard's errors are messages; the one that speaks of the type is what the laptop has not."""
    body = f'{{"widgets": [{{"type": "{kind}", "properties": {{}}}}]}}'
    for message in validate_body(body):
        if message.path.endswith("/type"):
            raise NotSupported(message.text)


def _refused_commands() -> Rows:
    yield from ((f"`{name}`", verdict(partial(parse_query, name))) for name in sorted(parser.NOT_SUPPORTED))


def _insights_functions() -> Rows:
    for kind, signatures in (("function", functions.SCALARS), ("aggregate of stats", functions.AGGREGATES)):
        for name, signature in sorted(signatures.items()):
            yield f"`{name}`", f"{SUPPORTED}, {kind}, {_count(signature.least, signature.most)}"
    for name in sorted(functions.NOT_SUPPORTED):
        yield f"`{name}`", verdict(partial(parse_query, f"stats {name}(a)"))


def _keywords() -> Rows:
    for keyword, sort in sorted(SORTS.items()):
        scopes = [scope.value for scope, keywords in KEYWORDS.items() if keyword in keywords]
        if keyword == "coverage":
            example = "rootcause.fault.entity { coverage > 0 }"
            yield f"`{keyword}`", verdict(partial(parse_filter, example))
        else:
            yield f"`{keyword}`", f"{sort.value}; {' '.join(OPERATORS[sort])}; of {', '.join(scopes)}"
