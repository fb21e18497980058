"""PURE: the tables of the metrics' datapoints, and how one datapoint gets into them.

A row of metric_points has the samples of one chunk of one period (a second or a minute) of one series: their number,
sum and extremes, and in `pairs` every value with how often it came, as 8-byte floats one after the other. A statistic
set has no pairs. So the plain statistics are sums over few rows, and percentiles are exact.
"""

WITHIN_MINUTES = "at_s % 60 != 0"

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS metric_names (
    id INTEGER PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    dimensions TEXT NOT NULL, -- JSON: [[name, value], ...] in the order of the names
    seen_s INTEGER NOT NULL,  -- when data came last
    UNIQUE (namespace, name, dimensions)
);
CREATE TABLE IF NOT EXISTS metric_dimensions (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    metric INTEGER NOT NULL,
    PRIMARY KEY (name, value, metric)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS metric_series (
    id INTEGER PRIMARY KEY,
    metric INTEGER NOT NULL,
    unit TEXT NOT NULL,
    resolution_s INTEGER NOT NULL,
    UNIQUE (metric, unit, resolution_s)
);
CREATE TABLE IF NOT EXISTS metric_points (
    series INTEGER NOT NULL,
    at_s INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    samples REAL NOT NULL,
    total REAL NOT NULL,
    least REAL NOT NULL,
    most REAL NOT NULL,
    pairs BLOB,
    PRIMARY KEY (series, at_s, chunk)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS metric_points_within_minutes ON metric_points (at_s) WHERE {WITHIN_MINUTES};
"""

TABLES = ("metric_points", "metric_series", "metric_dimensions", "metric_names")

MERGE = """
ON CONFLICT (series, at_s, chunk) DO UPDATE SET
    samples = samples + excluded.samples,
    total = total + excluded.total,
    least = min(least, excluded.least),
    most = max(most, excluded.most),
    pairs = CAST(pairs || excluded.pairs AS BLOB)
"""
"""Chunks with the same key become one. (|| of two blobs keeps their bytes, but calls them a text.)"""

ADD = f"INSERT INTO metric_points VALUES (?, ?, ?, ?, ?, ?, ?, ?) {MERGE}"  # noqa: S608 - MERGE is a constant
