"""PURE: two sweeps: what changed beyond noise.

Each measure of each variant that both have is one comparison. Quantiles: how likely resampling puts one above the
other, from the bootstrap's own distribution. Shares: whether Wilson's intervals part. The threshold is shared among all
comparisons (Bonferroni), so that twenty of them don't find one change in nothing. That a machine differs from itself an
hour later is no noise within a run: nobody but a second run can tell that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from load_tests.observation import Observation, Outcome, Step
from load_tests.report.intervals import probability_above, quantile, share
from load_tests.report.variant import Variant, variants

ERROR = 0.05
"""The chance that any comparison of two sweeps of the same thing is called a change."""
FEWEST = 5
"""Fewer values on a side say nothing of a quantile."""


class Verdict(StrEnum):
    """MORE and LESS: the second sweep's is, beyond noise. SAME: no difference beyond noise. FEW: too little to say."""

    MORE = "more"
    LESS = "less"
    SAME = "same"
    FEW = "too few"


@dataclass(frozen=True, slots=True)
class Measure:
    """`pick` takes what is measured of a variant; `level` is the quantile of it, None for a share of trues."""

    name: str
    unit: str
    level: float | None
    pick: Callable[[Variant], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Change:
    variant: str
    measure: str
    unit: str
    before: float | None
    after: float | None
    verdict: Verdict


def _times(of: Callable[[Variant], Sequence[Observation]], name: str) -> Callable[[Variant], Sequence[float]]:
    return lambda variant: sorted(value for one in of(variant) if (value := getattr(one, name)) is not None)


def _failures(variant: Variant) -> Sequence[float]:
    return [float(one.outcome is not Outcome.ANSWERED) for one in variant.load()]


MEASURES = (
    Measure("warm p50", "ms", 0.5, _times(Variant.warm, "duration_ms")),
    Measure("warm p90", "ms", 0.9, _times(Variant.warm, "duration_ms")),
    Measure("warm p99", "ms", 0.99, _times(Variant.warm, "duration_ms")),
    Measure("start p50", "ms", 0.5, _times(Variant.cold, "init_ms")),
    Measure("cold handler p50", "ms", 0.5, _times(Variant.cold, "duration_ms")),
    Measure("billed p50", "ms", 0.5, _times(Variant.load, "billed_ms")),
    Measure("memory p50", "MB", 0.5, _times(Variant.load, "used_mb")),
    Measure("not answered", "share", None, _failures),
)


def compare(before: Sequence[Step], after: Sequence[Step]) -> list[Change]:
    """Every measure of every variant that is in both, by variant."""
    later = {variant.name: variant for variant in variants(after)}
    pairs = [(variant, later[variant.name]) for variant in variants(before) if variant.name in later]
    allowed = ERROR / max(1, len(pairs) * len(MEASURES))
    return [_change(measure, one, other, allowed) for one, other in pairs for measure in MEASURES]


def only(before: Sequence[Step], after: Sequence[Step]) -> tuple[list[str], list[str]]:
    """Variants that the one or the other alone has."""
    names = [{variant.name for variant in variants(steps)} for steps in (before, after)]
    return sorted(names[0] - names[1]), sorted(names[1] - names[0])


def _change(measure: Measure, one: Variant, other: Variant, allowed: float) -> Change:
    left, right = measure.pick(one), measure.pick(other)
    if measure.level is None:
        return _share_change(measure, one.name, left, right)
    before, after = (quantile(side, measure.level) for side in (left, right))
    return Change(
        one.name,
        measure.name,
        measure.unit,
        before.value if before else None,
        after.value if after else None,
        _verdict(left, right, measure.level, allowed),
    )


def _verdict(left: Sequence[float], right: Sequence[float], level: float, allowed: float) -> Verdict:
    if min(len(left), len(right)) < FEWEST:
        return Verdict.FEW
    above = probability_above(right, left, level)
    if above >= 1 - allowed / 2:
        return Verdict.MORE
    return Verdict.LESS if above <= allowed / 2 else Verdict.SAME


def _share_change(measure: Measure, name: str, left: Sequence[float], right: Sequence[float]) -> Change:
    before, after = (share(round(sum(side)), len(side)) for side in (left, right))
    if before is None or after is None:
        return Change(name, measure.name, measure.unit, None, None, Verdict.FEW)
    verdict = Verdict.MORE if after.low > before.high else Verdict.LESS if after.high < before.low else Verdict.SAME
    return Change(name, measure.name, measure.unit, before.value, after.value, verdict)
