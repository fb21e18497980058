"""PURE: the period of a graph.

Source: AWS page "Dashboard body structure and syntax": `period` is 300 unless given; `periodOverride` `inherit` obeys
it, `auto` adapts it to the time range. Which period `auto` takes is said nowhere: here about 180 to 360 points a graph.
"""

from math import ceil

DEFAULT_S = 300
# (up to this long a time range, this period), seconds
AUTO: tuple[tuple[int, int], ...] = (
    (3 * 3_600, 60),
    (24 * 3_600, 300),
    (3 * 86_400, 900),
    (15 * 86_400, 3_600),
    (63 * 86_400, 6 * 3_600),
)
LONGEST_S = 86_400
CHOICES: tuple[tuple[str, str], ...] = (
    ("", "as the dashboard says"),
    ("inherit", "as each graph says"),
    ("auto", "by the time range"),
    ("60", "1 minute"),
    ("300", "5 minutes"),
    ("900", "15 minutes"),
    ("3600", "1 hour"),
    ("21600", "6 hours"),
    ("86400", "1 day"),
)


def automatic_s(length_s: float) -> int:
    return next((period for longest, period in AUTO if length_s <= longest), LONGEST_S)


def override_s(choice: str, body_says: str | None, length_s: float) -> int | None:
    """The period that all graphs take, or none: each its own. `choice` is the URL's period=."""
    if choice.isascii() and choice.isdigit() and 0 < int(choice) <= LONGEST_S and int(choice) % 60 == 0:
        return int(choice)
    rule = choice if choice in ("auto", "inherit") else (body_says or "auto")
    return automatic_s(length_s) if rule == "auto" else None


def whole_range_s(length_s: float) -> int:
    """One period as long as the time range: `setPeriodToTimeRange`."""
    return max(60, ceil(length_s / 60) * 60)
