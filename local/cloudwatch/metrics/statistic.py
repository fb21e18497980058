"""PURE: the name of a statistic -> what it asks for, as the page "CloudWatch statistics definitions" writes them."""

import re
from dataclasses import dataclass
from fractions import Fraction

SIMPLE = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
NUMBER = r"\d+(?:\.\d{1,10})?"
ONE_NUMBER = re.compile(rf"(p|tm|wm|tc|ts)({NUMBER})")
RANGE = re.compile(rf"(TM|WM|TC|TS|PR)\((-?{NUMBER}%?)?:(-?{NUMBER}%?)?\)")


@dataclass(frozen=True, slots=True)
class Statistic:
    """`kind` is one of SIMPLE, or P, TM, WM, TC, TS, PR. Bounds of None are open; with `percent` they are fractions
    from 0 to 1 of the samples in order of value, else values.
    """

    name: str
    kind: str
    low: Fraction | None = None
    high: Fraction | None = None
    percent: bool = False

    @property
    def needs_values(self) -> bool:
        """Whether a sum, a count and two extremes aren't enough."""
        return self.kind not in SIMPLE


def parse_statistic(name: str) -> Statistic | None:
    """None where `name` is no statistic of CloudWatch's."""
    if name in SIMPLE:
        return Statistic(name, name)
    if name == "IQM":
        return Statistic(name, "TM", Fraction(1, 4), Fraction(3, 4), percent=True)
    if one := ONE_NUMBER.fullmatch(name):
        share = Fraction(one[2]) / 100
        return Statistic(name, one[1].upper(), None, share, percent=True) if share <= 1 else None
    if bounds := RANGE.fullmatch(name):
        return _ranged(name, *bounds.groups())
    return None


def _ranged(name: str, kind: str, low: str | None, high: str | None) -> Statistic | None:
    given = [bound for bound in (low, high) if bound is not None]
    percent = any(bound.endswith("%") for bound in given)
    if not given or percent != all(bound.endswith("%") for bound in given) or (percent and kind == "PR"):
        return None
    bounds = [None if bound is None else _bound(bound, percent=percent) for bound in (low, high)]
    known = [bound for bound in bounds if bound is not None]
    if known != sorted(known) or (percent and any(not 0 <= bound <= 1 for bound in known)):
        return None
    return Statistic(name, kind, bounds[0], bounds[1], percent=percent)


def _bound(text: str, *, percent: bool) -> Fraction:
    return Fraction(text.removesuffix("%")) / 100 if percent else Fraction(text)
