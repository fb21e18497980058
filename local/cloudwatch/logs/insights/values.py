"""PURE: values as Logs Insights writes them in its results."""

from local.cloudwatch.logs.insights.functions import Kind
from local.cloudwatch.logs.insights.scalars import time_text

DECIMALS = 4


def value_text(value: str | float, kind: Kind) -> str:
    """A computed number has at most four decimals; a field of an event is as it was in the event."""
    if kind is Kind.TIME and isinstance(value, int | float):
        return time_text(value) or ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float) and kind is not Kind.ANY:
        return repr(round(value, DECIMALS))
    return str(value)
