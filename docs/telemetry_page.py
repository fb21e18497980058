"""PURE: the declared metrics and the wide line's members -> docs/telemetry.md."""

from collections.abc import Iterable, Sequence

from docs.tables import table
from observability.catalogue import EMITTED, FIELDS, Metric
from service import metrics

HEAD = """\
# What a request leaves

Made by `make docs` from `observability/catalogue.py` and `service/metrics.py`; edit those. Each request leaves one JSON
line, which is the log event and, by CloudWatch's embedded metric format, the metrics in one.
"""

OWN_FIELDS = """\
A request's own fields (`current().add(customer="c-17")`) stand beside these; one that would hide a member is kept as
`fields.<name>`. A member that is not known is left out.
"""
METRIC_HEADS = ("metric", "unit", "dimension sets", "meaning")


def page() -> str:
    """The page as Markdown."""
    return "\n".join(
        [
            HEAD,
            *_section("The line", ("member", "meaning"), ((f"`{name}`", text) for name, text in FIELDS.items())),
            OWN_FIELDS,
            *_section("Metrics of every service", METRIC_HEADS, map(_metric, EMITTED)),
            *_section("Metrics of this service", METRIC_HEADS, map(_metric, metrics.ALL)),
        ]
    )


def _section(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"## {title}", "", *table(heads, rows), ""]


def _metric(metric: Metric) -> tuple[str, str, str, str]:
    sets = ", ".join("[" + ", ".join(names) + "]" for names in metric.dimensions)
    return f"`{metric.name}`", metric.unit.value, sets, metric.meaning
