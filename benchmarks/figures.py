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
    """One variant's measurements, in their order."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    def ratio_to(self, floor: "Series") -> float:
        """The median of the ratios of what was measured in turns: a minute in which the machine is slow slows both. Of
        what was not, the ratio of the medians.
        """
        if len(self.values) != len(floor.values):
            return self.median / floor.median
        return median(mine / its for mine, its in zip(self.values, floor.values, strict=True))


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


COLD = Target("cold start, everything on, to the floor's", 0.75, "x")
COLD_DYNAMODB = Target("cold start with a DynamoDB client, to the same app's bare", 0.80, "x")
WARM = Target("warm through the runtime client, to the floor's", 1.25, "x")
IN_PROCESS = Target("warm in process, to the floor's", 1.5, "x")
MEMORY = Target("memory, to the floor's", 1.0, "x")
"""To see into a service is to cost it nothing that a user feels: no slower start, no more memory."""

PEERS_RATE = Target("calls/s to the better peer's", 2.0, "x", at_most=False)
PERCENTILES = Target("p50, p90, p99 by minute", 0.5, "s")
INSIGHTS = Target("an Insights filter and stats", 2.0, "s")
AWS_MEMORY = Target("memory of the AWS process after all that, at its peak", 300.0, "MB")
"""A laptop's AWS that is slower than a fake one isn't used; one that takes the laptop's memory is switched off."""


def ratio(series: Iterable[Series], variant: str, floor: str) -> float | None:
    """How the variant stands to the floor; None when either wasn't measured."""
    measured = {one.name: one for one in series}
    return measured[variant].ratio_to(measured[floor]) if {variant, floor} <= measured.keys() else None


def comparison(title: str, series: Sequence[Series], unit: str = "ms") -> str:
    """Medians, spread, and ratios to the first of the series. Without any, a sentence that says why."""
    if not series:
        return f"{title}: not measured, awslambdaric is not installed (it has wheels for Linux only)"
    rows = [
        (one.name, f"{one.median:.2f}", f"{min(one.values):.2f}", f"{one.ratio_to(series[0]):.2f}") for one in series
    ]
    return table((title, f"median {unit}", f"best {unit}", "ratio to the first"), rows)


def rates(title: str, series: Sequence[Series]) -> str:
    """Calls a second: more is better."""
    rows = [
        (one.name, f"{one.median:.0f}", f"{max(one.values):.0f}", f"{one.ratio_to(series[0]):.2f}") for one in series
    ]
    return table((title, "median/s", "best/s", "ratio to the first"), rows)


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
