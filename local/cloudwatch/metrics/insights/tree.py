"""PURE: a Metrics Insights query, read."""

from dataclasses import dataclass

STATISTICS = {"AVG": "Average", "COUNT": "SampleCount", "MAX": "Maximum", "MIN": "Minimum", "SUM": "Sum"}
"""Its functions, and the statistic that each is."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A dimension is (`equal`) or is not the value."""

    dimension: str
    equal: bool
    value: str


@dataclass(frozen=True, slots=True)
class Insights:
    """`schema` is the exact set of dimensions that SCHEMA() asks for, None where FROM names a namespace alone."""

    function: str
    metric: str
    namespace: str
    schema: frozenset[str] | None = None
    where: tuple[Comparison, ...] = ()
    group_by: tuple[str, ...] = ()
    order_by: str | None = None
    descending: bool = False
    limit: int | None = None
