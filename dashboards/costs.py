"""PURE: what this board costs while it stands there, at the prices of prices.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards import filters, prices
from dashboards.measures import stats
from observability.catalogue import EMITTED
from service import metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sized

    from dashboards.alarms import Alarm


def watching(alarms: Iterable[Alarm], composites: Sized, dashboards: int) -> float:
    """Dollars a month for alarms and dashboards. An alarm is billed by the metrics that it reads."""
    read = sum(len(stats(alarm.measure)) for alarm in alarms)
    return read * prices.ALARM_METRIC + len(composites) * prices.COMPOSITE_ALARM + dashboards * prices.DASHBOARD


def of_a_route() -> float:
    """Dollars a month for the metrics of one route: each of its sets of dimension values is a metric of its own."""
    return sum(("service", "route") in metric.dimensions for metric in (*EMITTED, *metrics.ALL)) * prices.CUSTOM_METRIC


def of_the_service() -> float:
    """Dollars a month for the metrics of the service as a whole, those of log filters included."""
    own = sum(("service",) in metric.dimensions for metric in (*EMITTED, *metrics.ALL))
    return (own + len(filters.ALL)) * prices.CUSTOM_METRIC
