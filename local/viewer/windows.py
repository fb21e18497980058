"""PURE: a time range in pieces that AWS's API takes, the latest first."""

from collections.abc import Iterator
from datetime import UTC, datetime

SUMMARIES_S = 24 * 3600  # the longest range that GetTraceSummaries takes
GRAPH_S = 6 * 3600  # the longest that GetServiceGraph takes


def windows(start_s: float, end_s: float, longest_s: float) -> Iterator[tuple[datetime, datetime]]:
    """Seconds since the epoch; together they are the range."""
    while end_s - start_s > longest_s:
        yield _instant(end_s - longest_s), _instant(end_s)
        end_s -= longest_s
    yield _instant(start_s), _instant(end_s)


def _instant(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)
