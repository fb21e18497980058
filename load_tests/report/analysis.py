"""PURE: a sweep's steps -> what its report says, as one JSON object."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from load_tests.observation import Step
from load_tests.prices import AS_OF, REGION, Price, price_of
from load_tests.report import choosing, costs, power_tuning, timeouts
from load_tests.report.choosing import Candidate
from load_tests.report.intervals import Draws
from load_tests.report.routes import routes, setter
from load_tests.report.variant import Variant, numbers, variants
from load_tests.report.wishes import Wishes

SHOWN_TIMEOUTS_S = (3, 10, timeouts.REST_LIMIT_S)  # Lambda's default, this template's, and API Gateway's limit


def analyse(steps: Sequence[Step], architecture: str, wishes: Wishes, draws: Draws) -> dict[str, Any]:
    """Raises SettingError for an architecture without a price."""
    price, found = price_of(architecture), variants(steps)
    rows = [numbers(variant, price, wishes.idle_s, wishes.rates, draws) for variant in found]
    candidates = _candidates(found, rows)
    picks = _picks(candidates, wishes)
    pick = picks["within"] or picks["balanced"]
    by_route = routes([variant for variant in found if variant.is_plain] or found, wishes.p99_ms)
    return {
        "wishes": asdict(wishes),
        "prices": {"region": REGION, "as_of": AS_OF, "architecture": architecture, **asdict(price)},
        "variants": rows,
        "frontier": [one.name for one in choosing.frontier(candidates)],
        "recommendations": [_recommendation(strategy, pick) for strategy, pick in picks.items()],
        "timeout": next((_timeout(one, pick.dollars, price) for one in found if pick and one.name == pick.name), None),
        "timeouts": [_timeout_row(step, price) for step in steps],
        "routes": by_route,
        "memory_route": setter(by_route, "memory_mb"),
        "timeout_route": setter(by_route, "timeout_s"),
        "power_tuning": power_tuning.link(_power_rows(found, rows)),
    }


def _candidates(found: Sequence[Variant], rows: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    """Those that were measured under load, and that lost nothing: what fails is cheap and fast."""
    return [
        Candidate(
            row["name"],
            row["dollars"]["value"] + _waiting(row),
            variant.load_times_ms(),
            row["load"]["p99"]["value"],
            row["load"]["p99"]["high"],
        )
        for variant, row in zip(found, rows, strict=True)
        if row["load"]["p99"] and row["dollars"] and not _fails(row)
    ]


def _fails(row: Mapping[str, Any]) -> bool:
    """More than one request in a hundred was refused or failed, beyond chance."""
    return any(row[name] is not None and row[name]["low"] > 0.01 for name in ("failed_share", "throttled_share"))


def _waiting(row: Mapping[str, Any]) -> float:
    """What provisioned sandboxes cost while they waited for a million requests of the measured rate."""
    rate = row["measured_rate"]
    return float(row["waiting_dollars_an_hour"] / 3600 / rate * costs.MILLION) if rate else 0.0


def _picks(candidates: Sequence[Candidate], wishes: Wishes) -> dict[str, Candidate | None]:
    return {
        "cost": choosing.cheapest(candidates),
        "speed": choosing.fastest(candidates),
        "balanced": choosing.balanced(candidates, wishes.weight),
        "within": choosing.cheapest_within(candidates, wishes.p99_ms),
    }


def _recommendation(strategy: str, pick: Candidate | None) -> dict[str, Any]:
    return {
        "strategy": strategy,
        "name": pick.name if pick else None,
        "dollars": pick.dollars if pick else None,
        "p99_ms": pick.p99_ms if pick else None,
    }


def _timeout(variant: Variant, dollars: float, price: Price) -> dict[str, Any]:
    answered = variant.answered_ms()
    choice = timeouts.choose(answered)
    seconds = sorted({*SHOWN_TIMEOUTS_S, choice.seconds} if choice else SHOWN_TIMEOUTS_S)
    hangs = [_hang(second, variant.configuration.memory_mb, answered, dollars, price) for second in seconds]
    return {
        "variant": variant.name,
        "memory_mb": variant.configuration.memory_mb,
        "choice": asdict(choice) if choice else None,
        "hangs": hangs,
        "tail": timeouts.tail(answered),
    }


def _hang(seconds: int, memory_mb: int, answered: Sequence[float], dollars: float, price: Price) -> dict[str, Any]:
    """`requests_worth`: how many requests of the measured mix the same money pays for."""
    hang = costs.hang_dollars(seconds, memory_mb, price)
    return {
        "timeout_s": seconds,
        "dollars_per_thousand": hang * 1000,
        "requests_worth": hang / (dollars / costs.MILLION),
        "cut": timeouts.cut(answered, seconds),
        "n": len(answered),
    }


def _timeout_row(step: Step, price: Price) -> dict[str, Any]:
    configuration = step.configuration
    return {
        "name": configuration.name,
        "memory_mb": configuration.memory_mb,
        "timeout_s": configuration.timeout_s,
        "requests": len(step.observations),
        "outcomes": dict(Counter(one.outcome.value for one in step.observations)),
        "missing_reports": step.missing_reports,
        "metrics": dict(step.metrics),
        "hang_dollars": costs.hang_dollars(configuration.timeout_s, configuration.memory_mb, price),
    }


def _power_rows(found: Sequence[Variant], rows: Sequence[Mapping[str, Any]]) -> list[tuple[int, float, float]]:
    """Memory alone: the format has no place for concurrency."""
    return [
        (row["memory_mb"], row["mean_warm_ms"], row["dollars"]["value"] / costs.MILLION)
        for variant, row in zip(found, rows, strict=True)
        if variant.is_plain and row["mean_warm_ms"] is not None and row["dollars"]
    ]
