"""PURE: the tables of CloudWatch Logs.

An event's id is its timestamp in milliseconds times 2^20 plus its number within that millisecond: the ids
are in the order of time, and a range of time is a range of ids. `kind` says where an event's JSON is: 0 nowhere, 1 its
message is a JSON object, 2 under "json" in `fields`, with what is discovered in the lines of Lambda.
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS log_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL,
    retention_days INTEGER,
    protected INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS log_tags (
    group_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (group_id, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log_streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    first_ms INTEGER,
    last_ms INTEGER,
    ingested_ms INTEGER,
    UNIQUE (group_id, name)
);
CREATE TABLE IF NOT EXISTS log_events (
    id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    ingested_ms INTEGER NOT NULL,
    size INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    fields TEXT,
    message TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS log_events_in_groups ON log_events (group_id, id, stream_id, size);
DROP INDEX IF EXISTS log_events_of_streams;
DROP INDEX IF EXISTS log_events_of_groups;
CREATE TABLE IF NOT EXISTS log_metric_filters (
    group_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    transformation TEXT NOT NULL,
    PRIMARY KEY (group_id, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log_query_definitions (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    group_names TEXT NOT NULL,
    modified_ms INTEGER NOT NULL
) WITHOUT ROWID;
"""

TABLES = ("log_events", "log_streams", "log_tags", "log_metric_filters", "log_groups", "log_query_definitions")
ID_BITS = 20
MOST_A_MILLISECOND = 1 << ID_BITS
LATEST_MS = 1 << 43  # the first moment that an id has no room for
LAST_ID = (LATEST_MS << ID_BITS) - 2


def first_id(timestamp_ms: int) -> int:
    """The least id of an event at that moment."""
    return timestamp_ms << ID_BITS


def timestamp_of(event_id: int) -> int:
    return event_id >> ID_BITS
