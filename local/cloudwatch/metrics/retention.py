"""What CloudWatch no longer keeps, and what it keeps with a coarser resolution ("Metrics retention")."""

import sqlite3
from itertools import pairwise

from local.cloudwatch.metrics.limits import TIERS
from local.cloudwatch.metrics.schema import MERGE, WITHIN_MINUTES

OF_ANY_SERIES = "series IN (SELECT id FROM metric_series)"  # by which the primary key finds them


def roll_up(connection: sqlite3.Connection, now_s: float) -> None:
    """Samples older than a tier's time go to the start of the next tier's period. Their values stay."""
    for tier, coarser in pairwise(TIERS):
        period_s = coarser.period_s
        # What is within minutes has an index of its own; the rest is found series by series, among what is old.
        due = WITHIN_MINUTES if period_s == 60 else f"{OF_ANY_SERIES} AND at_s % {period_s} != 0"
        _move(connection, f"{due} AND at_s < {int(now_s) - tier.kept_s}", period_s)


def _move(connection: sqlite3.Connection, due: str, period_s: int) -> None:
    """The chunks of periods that come together keep apart; where two meet all the same, they merge."""
    chunk = f"CASE chunk WHEN -1 THEN -1 ELSE at_s % {period_s} * 1000000 + chunk % 1000000 END"
    moved = f"series, at_s - at_s % {period_s}, {chunk}, samples, total, least, most, pairs"
    connection.execute(f"INSERT INTO metric_points SELECT {moved} FROM metric_points WHERE {due} {MERGE}")  # noqa: S608
    connection.execute(f"DELETE FROM metric_points WHERE {due}")  # noqa: S608


def drop_expired(connection: sqlite3.Connection, now_s: float) -> None:
    """Datapoints after the last tier's time, and metrics that nothing came for since."""
    before = int(now_s) - TIERS[-1].kept_s
    gone = f"SELECT id FROM metric_names WHERE seen_s < {before}"  # noqa: S608
    connection.execute(f"DELETE FROM metric_points WHERE {OF_ANY_SERIES} AND at_s < {before}")  # noqa: S608
    connection.execute(f"DELETE FROM metric_series WHERE metric IN ({gone})")  # noqa: S608
    connection.execute(f"DELETE FROM metric_dimensions WHERE metric IN ({gone})")  # noqa: S608
    connection.execute(f"DELETE FROM metric_names WHERE seen_s < {before}")  # noqa: S608
