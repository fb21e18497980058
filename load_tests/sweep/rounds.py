"""PURE: a sweep in rounds: each configuration is measured a part at a time, so that a slow minute falls on all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from load_tests.observation import Configuration, Step

PEAKS = ("concurrent",)
"""Of a step's metrics, those whose sum means nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is measured of a configuration in one round: starts to force, and seconds of load."""

    configuration: Configuration
    cold: int
    seconds: float


def parts(steps: Sequence[Configuration], rounds: int, cold: int, seconds: float) -> list[Part]:
    """Round by round; where the starts don't divide evenly the first rounds have one more."""
    return [
        Part(step, cold // rounds + (number < cold % rounds), seconds / rounds)
        for number in range(rounds)
        for step in steps
    ]


def pooled(measured: Iterable[Step]) -> list[Step]:
    """One step a configuration, in the order of the first round."""
    found: dict[Configuration, Step] = {}
    for step in measured:
        former = found.get(step.configuration)
        found[step.configuration] = step if former is None else _both(former, step)
    return list(found.values())


def _both(one: Step, other: Step) -> Step:
    names = {*one.metrics, *other.metrics}
    metrics = {
        name: (max if name in PEAKS else sum)(part.metrics[name] for part in (one, other) if name in part.metrics)
        for name in sorted(names)
    }
    return Step(
        one.configuration,
        (*one.observations, *other.observations),
        metrics,
        one.missing_reports + other.missing_reports,
        one.seconds + other.seconds,
    )
