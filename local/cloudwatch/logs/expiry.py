"""Retention: events that are older than their group keeps them are deleted, some thousands at a time."""

from local.cloudwatch.logs.batch import DAY_MS
from local.cloudwatch.logs.schema import first_id
from local.database import Database

MOST_AT_ONCE = 5_000  # writers wait while a transaction deletes

_OLD = "SELECT id FROM log_events WHERE group_id = ? AND id < ? ORDER BY id LIMIT ?"


def expire_events(database: Database, now_ms: int) -> int:
    """How many were deleted."""
    deleted = 0
    with database.read() as connection:
        groups = connection.execute("SELECT id, retention_days FROM log_groups WHERE retention_days > 0").fetchall()
    for group, days in groups:
        before = first_id(max(0, now_ms - days * DAY_MS))
        while count := _expire_some(database, group, before):
            deleted += count
    return deleted


def _expire_some(database: Database, group: int, before: int) -> int:
    with database.write() as connection:
        size = f"SELECT coalesce(sum(size), 0) FROM log_events WHERE id IN ({_OLD})"  # noqa: S608
        removed = connection.execute(size, (group, before, MOST_AT_ONCE)).fetchone()[0]
        connection.execute("UPDATE log_groups SET stored_bytes = stored_bytes - ? WHERE id = ?", (removed, group))
        delete = f"DELETE FROM log_events WHERE id IN ({_OLD})"  # noqa: S608
        return connection.execute(delete, (group, before, MOST_AT_ONCE)).rowcount
