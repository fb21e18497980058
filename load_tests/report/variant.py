"""PURE: the numbers of one variant: a memory size with its concurrency, all its timeouts together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from load_tests.observation import Configuration, Observation, Outcome, Phase, Step
from load_tests.prices import Price
from load_tests.report import costs
from load_tests.report.concurrency import met, needed, percentile
from load_tests.report.intervals import Draws, Estimate, mean, quantile, share

QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Variant:
    """`observations` of every step that differs in the timeout only; `seconds` that their loads took together."""

    configuration: Configuration
    observations: tuple[Observation, ...]
    seconds: float

    @property
    def name(self) -> str:
        return self.configuration.variant

    @property
    def is_plain(self) -> bool:
        """Memory alone was set."""
        return self.configuration.reserved is None and self.configuration.provisioned is None

    def load(self) -> list[Observation]:
        return [one for one in self.observations if one.phase is Phase.LOAD]

    def load_times_ms(self) -> list[float]:
        """In Lambda, ascending; of the load's requests that got there."""
        return _ascending(one.lambda_ms for one in self.load())

    def warm(self) -> list[Observation]:
        return [one for one in self.load() if one.init_ms is None and _is_answered(one)]

    def cold(self) -> list[Observation]:
        """Of both phases: a start is a start."""
        return [one for one in self.observations if one.init_ms is not None and _is_answered(one)]

    def answered_ms(self, route: str | None = None) -> list[float]:
        """Times of all answers, starts included, ascending; of one route, if one is given."""
        return _ascending(
            one.lambda_ms for one in self.observations if _is_answered(one) and route in (None, one.route)
        )


def variants(steps: Iterable[Step]) -> list[Variant]:
    """By memory, then concurrency."""
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.configuration.variant, []).append(step)
    merged = [
        Variant(
            of[0].configuration,
            tuple(one for step in of for one in step.observations),
            sum(step.seconds for step in of),
        )
        for of in found.values()
    ]
    return sorted(merged, key=_order)


def numbers(variant: Variant, price: Price, idle_s: float, rates: Sequence[float], draws: Draws) -> dict[str, Any]:
    """What the report says of it. Times in ms, dollars per million requests."""
    configuration, load, warm, cold = variant.configuration, variant.load(), variant.warm(), variant.cold()
    memory = configuration.memory_mb
    billed = [float(one.billed_ms) for one in load if one.billed_ms is not None]
    used = _ascending(one.used_mb for one in variant.observations)
    work = _work(variant, price, idle_s)
    return {
        "name": variant.name,
        "memory_mb": memory,
        "reserved": configuration.reserved,
        "provisioned": configuration.provisioned,
        "requests": len(variant.observations),
        "load_requests": len(load),
        "outcomes": dict(sorted(Counter(one.outcome.value for one in variant.observations).items())),
        "load": quantiles(variant.load_times_ms()),
        "warm": quantiles(_ascending(one.duration_ms for one in warm)),
        "cold": {
            "init": quantiles(_ascending(one.init_ms for one in cold)),
            "handler": quantiles(_ascending(one.duration_ms for one in cold)),
            "total": quantiles(_ascending(one.lambda_ms for one in cold)),
        },
        "client": quantiles(_ascending(one.client_ms for one in load)),
        "used_mb": {"median": used[len(used) // 2], "most": used[-1]} if used else None,
        "cold_share": _dict(share(sum(one.init_ms is not None for one in load), len(load))),
        "failed_share": _dict(_share_of(load, Outcome.FAULT, Outcome.TIMEOUT, Outcome.LOST)),
        "throttled_share": _dict(_share_of(load, Outcome.THROTTLED)),
        "dollars": _dict(mean(costs.per_million(billed, memory, _billed_at(variant, price)), draws)),
        "mean_warm_ms": sum(one.duration_ms or 0.0 for one in warm) / len(warm) if warm else None,
        "most_dollars_an_hour": costs.most_an_hour(configuration.reserved, memory, price)
        if configuration.reserved is not None
        else None,
        "waiting_dollars_an_hour": (configuration.provisioned or 0) * costs.gigabytes(memory) * price.waiting * 3600,
        "measured_rate": len(load) / variant.seconds if variant.seconds else None,
        "pattern": _pattern(load),
        "rates": [_at_rate(work, rate) for rate in rates] if work else [],
    }


def quantiles(ordered: Sequence[float]) -> dict[str, dict[str, float] | None]:
    return {name: _dict(quantile(ordered, level)) for name, level in QUANTILES.items()}


def _work(variant: Variant, price: Price, idle_s: float) -> costs.Work | None:
    """None where no warm request was measured. Without a cold one, it is taken to cost what a warm one does."""
    warm = [one.billed_ms for one in variant.warm() if one.billed_ms is not None]
    cold = [one.billed_ms for one in variant.cold() if one.billed_ms is not None]
    if not warm:
        return None
    warm_ms = sum(warm) / len(warm)
    cold_ms = sum(cold) / len(cold) if cold else warm_ms
    return costs.Work(cold_ms, warm_ms, variant.configuration.memory_mb, price, idle_s)


def _at_rate(work: costs.Work, rate: float) -> dict[str, float | int | None]:
    dollars, cold = costs.at_rate(work, rate)
    sandboxes = needed(rate * work.warm_s)
    provisioned = None if sandboxes is None else costs.provisioned_at_rate(work, rate, sandboxes)
    return {
        "rate": rate,
        "dollars": dollars,
        "cold_share": cold,
        "load": rate * work.warm_s,
        "sandboxes": sandboxes,
        "provisioned_dollars": provisioned,
    }


def _pattern(load: Sequence[Observation]) -> dict[str, int] | None:
    """How many run at once, from when the client sent each and how long Lambda took for it."""
    counts = met((one.at_s, one.at_s + one.lambda_ms / 1000) for one in load if one.lambda_ms is not None)
    return {"p99": percentile(counts), "most": max(counts)} if counts else None


def _billed_at(variant: Variant, price: Price) -> Price:
    """With provisioned concurrency its lower price for all: a REPORT doesn't tell what overflowed."""
    if not variant.configuration.provisioned:
        return price
    return Price(price.provisioned, price.provisioned, price.waiting)


def _share_of(load: Sequence[Observation], *outcomes: Outcome) -> Estimate | None:
    return share(sum(one.outcome in outcomes for one in load), len(load))


def _is_answered(one: Observation) -> bool:
    return one.outcome is Outcome.ANSWERED and one.duration_ms is not None


def _ascending(values: Iterable[float | None]) -> list[float]:
    return sorted(value for value in values if value is not None)


def _dict(estimate: Estimate | None) -> dict[str, float] | None:
    return estimate.as_dict() if estimate else None


def _order(variant: Variant) -> tuple[int, int, int]:
    configuration = variant.configuration
    return configuration.memory_mb, configuration.reserved or 0, configuration.provisioned or 0
