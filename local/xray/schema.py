"""PURE: the tables that X-Ray keeps."""

from local.xray.buckets import SCHEMA as SUMS
from local.xray.index import SCHEMA as INDEX

_TABLES = """
-- `document` as it came. `ended` is NULL while it is in progress. A trace's documents lie side by side.
CREATE TABLE IF NOT EXISTS xray_documents (
    trace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    segment INTEGER NOT NULL,
    ended REAL,
    document TEXT NOT NULL,
    PRIMARY KEY (trace_id, id)
);
CREATE INDEX IF NOT EXISTS xray_segment_ends ON xray_documents (ended, trace_id) WHERE segment = 1;
-- `revision` counts the documents that came, `settled` those that `facts` and `began` are made from.
-- Seconds since the epoch: `began` is the time in the trace's id. xray_found has the others.
CREATE TABLE IF NOT EXISTS xray_traces (
    trace_id TEXT PRIMARY KEY,
    received REAL NOT NULL,
    revision INTEGER NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0,
    began REAL,
    facts TEXT
);
DROP INDEX IF EXISTS xray_began;
DROP INDEX IF EXISTS xray_started;
DROP INDEX IF EXISTS xray_length;
CREATE INDEX IF NOT EXISTS xray_received ON xray_traces (received);
CREATE INDEX IF NOT EXISTS xray_unsettled ON xray_traces (trace_id) WHERE settled < revision;
-- Groups and sampling rules. `name` is written as JSON, so that it is text whatever characters it has.
CREATE TABLE IF NOT EXISTS xray_configuration (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (kind, name)
);
-- What services said of a sampling rule's use. `client` and `rule` are written as JSON too.
CREATE TABLE IF NOT EXISTS xray_sampling (
    rule TEXT NOT NULL,
    client TEXT NOT NULL,
    at REAL NOT NULL,
    requests INTEGER NOT NULL,
    sampled INTEGER NOT NULL,
    borrowed INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS xray_sampling_at ON xray_sampling (at);
"""
# A store of before the index: its facts are made again, and with them the index.
_FILL = "UPDATE xray_traces SET settled = 0 WHERE settled > 0 AND NOT EXISTS (SELECT 1 FROM xray_found);"

SCHEMA = _TABLES + INDEX + SUMS + _FILL
TABLES = (
    "xray_documents",
    "xray_traces",
    "xray_found",
    "xray_services",
    "xray_sums",
    "xray_columns",
    "xray_configuration",
    "xray_sampling",
)
