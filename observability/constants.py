"""What is the same in every line of a process, encoded once. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from observability.json_text import strict
from observability.prices import microdollars, per_millisecond

if TYPE_CHECKING:
    from observability.settings import Settings


class Constants(NamedTuple):
    """`members`: the line's, as JSON with a comma behind each. `namespace`: of the metrics, as JSON.
    `microdollars_per_ms`: what a request's time costs; None outside Lambda.
    """

    members: str
    namespace: str
    microdollars_per_ms: float | None

    @classmethod
    def of(cls, settings: Settings, machine: str = "x86_64") -> Constants:
        members = {
            "service": settings.service,
            "function_name": settings.function_name,
            "function_version": settings.function_version,
            "function_memory_size": settings.function_memory_size,
        }
        known = {name: value for name, value in members.items() if value is not None}
        return cls(f"{strict(known)[1:-1]},", strict(settings.metrics_namespace), _price(settings, machine))

    def cost(self, duration_ms: float, init_ms: float | None) -> float | None:
        """A request's price in microdollars; None outside Lambda."""
        per_ms = self.microdollars_per_ms
        return None if per_ms is None else microdollars(per_ms, duration_ms, init_ms)


def _price(settings: Settings, machine: str) -> float | None:
    if settings.function_memory_size is None:
        return None
    provisioned = settings.initialization_type == "provisioned-concurrency"
    return per_millisecond(settings.function_memory_size, machine, provisioned=provisioned)
