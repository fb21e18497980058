"""PURE: from values to places on a drawing, and the ticks between them."""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

Scale = Callable[[float], float]
STEPS = (1, 2, 5, 10)


def linear(low: float, high: float, start: float, end: float) -> Scale:
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """Values of 0 and below stand where `low` does."""
    inner = linear(log10(low), log10(high), start, end)
    return lambda value: inner(log10(max(value, low)))


def ticks(high: float, wanted: int = 4) -> list[float]:
    """From 0, in steps of 1, 2 or 5, to `high` or just above."""
    if high <= 0:
        return [0.0, 1.0]
    power = 10.0 ** floor(log10(high / wanted))
    step = next(step * power for step in STEPS if step * power >= high / wanted * (1 - 1e-9))
    return [round(at * step, 12) for at in range(ceil(high / step - 1e-9) + 1)]


def decades(values: Sequence[float], fewest: int = 3) -> list[float]:
    """1, 2, 5 times powers of ten around the positive values; only the powers where those are enough."""
    positive = [value for value in values if value > 0] or [1.0]
    first, last = floor(log10(min(positive)) + 1e-9), ceil(log10(max(positive)) - 1e-9)
    if last - first >= fewest:
        return [10.0**power for power in range(first, last + 1)]
    every = [factor * 10.0**power for power in range(first, last + 1) for factor in (1, 2, 5)]
    low = max((tick for tick in every if tick <= min(positive) * (1 + 1e-9)), default=every[0])
    high = min((tick for tick in every if tick >= max(positive) * (1 - 1e-9)), default=every[-1])
    found = [tick for tick in every if low <= tick <= high]
    return found if len(found) > 1 else [low, low * 10]
