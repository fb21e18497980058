"""PURE: the functions of Logs Insights, as data.

Source: the AWS pages "Boolean, comparison, numeric, datetime, and other functions", "stats" and "Hashing functions".
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is known of a value before the query runs.

    ANY: a field of an event, or what parse() cut out of one: a number, a text, or a text that holds a number.
    JSON: a map or a list, as its text. TIME: milliseconds since the epoch. BOOLEAN: 1 or 0.
    """

    ANY = "any"
    NUMBER = "number"
    TEXT = "text"
    TIME = "time"
    BOOLEAN = "boolean"
    JSON = "json"


@dataclass(frozen=True)
class Signature:
    """`least` and `most` arguments (`most` None: any number), the kind of the result."""

    least: int
    most: int | None
    result: Kind


SCALARS = {
    "abs": Signature(1, 1, Kind.NUMBER),
    "ceil": Signature(1, 1, Kind.NUMBER),
    "floor": Signature(1, 1, Kind.NUMBER),
    "greatest": Signature(1, None, Kind.NUMBER),
    "least": Signature(1, None, Kind.NUMBER),
    "log": Signature(1, 1, Kind.NUMBER),
    "sqrt": Signature(1, 1, Kind.NUMBER),
    "bin": Signature(1, 1, Kind.TIME),
    "datefloor": Signature(2, 2, Kind.TIME),
    "dateceil": Signature(2, 2, Kind.TIME),
    "frommillis": Signature(1, 1, Kind.TIME),
    "tomillis": Signature(1, 1, Kind.NUMBER),
    "now": Signature(0, 0, Kind.NUMBER),
    "ispresent": Signature(1, 1, Kind.BOOLEAN),
    "coalesce": Signature(1, None, Kind.ANY),
    "jsonparse": Signature(1, 1, Kind.JSON),
    "jsonstringify": Signature(1, 1, Kind.TEXT),
    "isvalidip": Signature(1, 1, Kind.BOOLEAN),
    "isvalidipv4": Signature(1, 1, Kind.BOOLEAN),
    "isvalidipv6": Signature(1, 1, Kind.BOOLEAN),
    "isipinsubnet": Signature(2, 2, Kind.BOOLEAN),
    "isipv4insubnet": Signature(2, 2, Kind.BOOLEAN),
    "isipv6insubnet": Signature(2, 2, Kind.BOOLEAN),
    "isempty": Signature(1, 1, Kind.BOOLEAN),
    "isblank": Signature(1, 1, Kind.BOOLEAN),
    "concat": Signature(1, None, Kind.TEXT),
    "ltrim": Signature(1, 2, Kind.TEXT),
    "rtrim": Signature(1, 2, Kind.TEXT),
    "trim": Signature(1, 2, Kind.TEXT),
    "strlen": Signature(1, 1, Kind.NUMBER),
    "toupper": Signature(1, 1, Kind.TEXT),
    "tolower": Signature(1, 1, Kind.TEXT),
    "substr": Signature(2, 3, Kind.TEXT),
    "replace": Signature(3, 3, Kind.TEXT),
    "strcontains": Signature(2, 2, Kind.NUMBER),
    "md5": Signature(1, 1, Kind.TEXT),
    "sha256": Signature(1, 1, Kind.TEXT),
}

AGGREGATES = {
    "avg": Signature(1, 1, Kind.NUMBER),
    "count": Signature(0, 1, Kind.NUMBER),
    "count_distinct": Signature(1, 1, Kind.NUMBER),
    "max": Signature(1, 1, Kind.ANY),
    "min": Signature(1, 1, Kind.ANY),
    "pct": Signature(2, 2, Kind.NUMBER),
    "stddev": Signature(1, 1, Kind.NUMBER),
    "sum": Signature(1, 1, Kind.NUMBER),
    "earliest": Signature(1, 1, Kind.ANY),
    "latest": Signature(1, 1, Kind.ANY),
    "sortsfirst": Signature(1, 1, Kind.ANY),
    "sortslast": Signature(1, 1, Kind.ANY),
}

NOT_SUPPORTED = frozenset({"rate", "count_over_time", "sum_over_time", "histogram"})

PERIODS = {
    "ms": ("millisecond", "ms", "msec"),
    "s": ("second", "s", "sec"),
    "m": ("minute", "m", "min"),
    "h": ("hour", "h", "hr"),
    "d": ("day", "d"),
    "w": ("week", "w"),
    "mo": ("month", "mo", "mon"),
    "q": ("quarter", "q", "qtr"),
    "y": ("year", "y", "yr"),
}

PERIOD_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
PERIOD_MONTHS = {"mo": 1, "q": 3, "y": 12}


def unit_of(word: str) -> str | None:
    """The unit that a word names.

    "For all units and abbreviations that include more than one character, adding s to pluralize is supported."
    """
    for unit, names in PERIODS.items():
        if word in names or any(len(name) > 1 and word == f"{name}s" for name in names):
            return unit
    return None
