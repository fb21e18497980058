"""What CloudWatch no longer keeps, and what it keeps with a coarser resolution ("Metrics retention")."""

import sqlite3
from itertools import pairwise

from local.cloudwatch.metrics.limits import TIERS
from local.cloudwatch.metrics.schema import MERGE

# A period's chunks keep apart from the other periods' that are rolled up into the same one; where two meet, they merge.
ROLL_UP = f"""
INSERT INTO metric_points
SELECT series, at_s - at_s % :period, CASE chunk WHEN -1 THEN -1 ELSE at_s % :period * 1000000 + chunk % 1000000 END,
       samples, total, least, most, pairs
FROM metric_points WHERE at_s < :before AND at_s % :period != 0
{MERGE}
"""  # noqa: S608 - MERGE is a constant
ROLLED_UP = "DELETE FROM metric_points WHERE at_s < :before AND at_s % :period != 0"


def roll_up(connection: sqlite3.Connection, now_s: float) -> None:
    """Samples older than a tier's time go to the start of the next tier's period. Their values stay."""
    for tier, coarser in pairwise(TIERS):
        arguments = {"before": int(now_s) - tier.kept_s, "period": coarser.period_s}
        connection.execute(ROLL_UP, arguments)
        connection.execute(ROLLED_UP, arguments)


def drop_expired(connection: sqlite3.Connection, now_s: float) -> None:
    """Datapoints after the last tier's time, and metrics that nothing came for since."""
    before = int(now_s) - TIERS[-1].kept_s
    connection.execute("DELETE FROM metric_points WHERE at_s < ?", (before,))
    gone = "SELECT id FROM metric_names WHERE seen_s < ?"
    connection.execute(f"DELETE FROM metric_series WHERE metric IN ({gone})", (before,))  # noqa: S608
    connection.execute(f"DELETE FROM metric_dimensions WHERE metric IN ({gone})", (before,))  # noqa: S608
    connection.execute("DELETE FROM metric_names WHERE seen_s < ?", (before,))
