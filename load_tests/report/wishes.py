"""PURE: what a report is to look for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from load_tests.setting import Setting, number, whole


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to look for: a p99 in ms, cost against time (1: cost alone), rates a second, and a guess of Lambda's."""

    p99_ms: float = 500.0
    weight: float = 0.5
    rates: tuple[float, ...] = (0.01, 0.1, 1.0, 10.0, 100.0)
    idle_s: float = 300.0

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "Wishes":
        """`found`: the settings' values, by field."""
        return cls(found["p99"], found["weight"], found["arrival_rates"], found["idle"])


def rates(text: str) -> tuple[float, ...]:
    read = number("--arrival-rates", 1e-6, 1e6)
    return tuple(sorted({read(part.strip()) for part in text.split(",") if part.strip()}))


WISHES = (
    Setting(
        "--p99",
        "500",
        "ms that 99 % of requests should stay below, for the cheapest size that does",
        number("--p99", 1, 900_000),
    ),
    Setting(
        "--weight",
        "0.5",
        "of cost against time in the balanced choice: 1 is cost alone, 0 time alone",
        number("--weight", 0, 1),
    ),
    Setting("--arrival-rates", "0.01,0.1,1,10,100", "requests a second to reckon costs and sandboxes for", rates),
    Setting(
        "--idle",
        "300",
        "seconds for which Lambda is taken to keep an idle sandbox; AWS promises none",
        number("--idle", 1, 86_400),
    ),
    Setting("--seed", "1", "of everything random, so that a run can be repeated", whole("--seed", 0, 2**31 - 1)),
)
