"""Metrics -> EMF's directives. PURE.

EMF: CloudWatch Logs user guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from observability.catalogue import (
    COST,
    DIMENSION_SETS,
    INIT_DURATION,
    LATENCY,
    MEMORY_USED,
    TELEMETRY_FAILURES,
)
from observability.json_text import strict
from observability.outcome import RATES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from observability.catalogue import Metric

_DIMENSION_SETS = strict(DIMENSION_SETS)


def definitions(metrics: Iterable[Metric]) -> str:
    """The metrics as a directive lists them."""
    return ",".join([metric.definition for metric in metrics])


@lru_cache(maxsize=32)
def the_librarys(namespace: str, *known: bool) -> tuple[str, str]:
    """The definitions of the library's own metrics in a line, and the directive of a line that has no others.
    `known`: whether MemoryUsed, Cost and InitDuration are among them.
    """
    optional = zip((MEMORY_USED, COST, INIT_DURATION), known, strict=True)
    defined = definitions((*RATES, LATENCY, TELEMETRY_FAILURES, *(metric for metric, there in optional if there)))
    return defined, _directive(namespace, _DIMENSION_SETS, defined)


def directives(namespace: str, defined: str, metrics: list[tuple[Metric, list[float]]]) -> str:
    """What stands in CloudWatchMetrics: a directive for each group of dimension sets. `namespace` is JSON; `defined`
    are the definitions of the library's own metrics in this line.
    """
    groups = {DIMENSION_SETS: [defined] if defined else []}
    for metric, _ in metrics:
        groups.setdefault(metric.dimensions, []).append(metric.definition)
    return ",".join([_directive(namespace, strict(sets), ",".join(found)) for sets, found in groups.items() if found])


def _directive(namespace: str, sets: str, defined: str) -> str:
    return f'{{"Namespace":{namespace},"Dimensions":{sets},"Metrics":[{defined}]}}'
