"""PURE: what was measured, what it should be, and both as Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median


class Verdict(Enum):
    """What became of a target."""

    MET = "met"
    """The figure is as it should be."""
    MISSED = "MISSED"
    """It isn't, on this machine, in this run."""


@dataclass(frozen=True, slots=True)
class Series:
    """One variant's measurements, in milliseconds, in their order."""

    name: str
    milliseconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.milliseconds)


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on a figure, and where it comes from."""

    what: str
    bound: float
    unit: str
    at_most: bool = True

    def verdict(self, measured: float) -> Verdict:
        met = measured <= self.bound if self.at_most else measured >= self.bound
        return Verdict.MET if met else Verdict.MISSED

    @property
    def words(self) -> str:
        return f"at {'most' if self.at_most else 'least'} {self.bound:g} {self.unit}"


GATEWAY = Target("the gateway adds, p50", 2.0, "ms")
THROUGHPUT = Target("through the gateway, two sandboxes", 500.0, "requests/s", at_most=False)
START_UP = Target("`make run`, installed, to the first answer", 3.0, "s")
"""The three come from what a person feels: a laptop API as quick as the function, and up before they reach for it."""


def comparison(title: str, series: Sequence[Series]) -> str:
    """Medians, spread, and ratios to the first of the series. Without any, a sentence that says why."""
    if not series:
        return f"{title}: not measured, awslambdaric is not installed (it has wheels for Linux only)"
    rows = [
        (one.name, f"{one.median:.2f}", f"{min(one.milliseconds):.2f}", f"{one.median / series[0].median:.2f}")
        for one in series
    ]
    return table((title, "median ms", "best ms", "ratio to the first"), rows)


def targets(measured: Iterable[tuple[Target, float]]) -> str:
    """Each target beside what was measured; a missed one says so."""
    rows = [
        (target.what, target.words, f"{value:.2f} {target.unit}", target.verdict(value).value)
        for target, value in measured
    ]
    return table(("target", "wanted", "measured", ""), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are numbers, to the right."""
    lines = [head, ("---", *("---:" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
