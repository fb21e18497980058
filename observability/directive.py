"""Metrics -> EMF's directives. PURE.

EMF: CloudWatch Logs user guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from observability.catalogue import DIMENSION_SETS
from observability.json_text import strict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from observability.catalogue import Metric

_DIMENSION_SETS = strict(DIMENSION_SETS)


def definitions(metrics: Iterable[Metric]) -> str:
    """The metrics as a directive lists them."""
    return ",".join([metric.definition for metric in metrics])


def directives(namespace: str, defined: str, metrics: list[tuple[Metric, list[float]]]) -> str:
    """What stands in CloudWatchMetrics: a directive for each group of dimension sets. `namespace` is JSON; `defined`
    are the definitions of the library's own metrics in this line.
    """
    if not metrics:
        return _directive(namespace, _DIMENSION_SETS, defined)
    groups = {DIMENSION_SETS: [defined] if defined else []}
    for metric, _ in metrics:
        groups.setdefault(metric.dimensions, []).append(metric.definition)
    return ",".join([_directive(namespace, strict(sets), ",".join(found)) for sets, found in groups.items() if found])


def _directive(namespace: str, sets: str, defined: str) -> str:
    return f'{{"Namespace":{namespace},"Dimensions":{sets},"Metrics":[{defined}]}}'
