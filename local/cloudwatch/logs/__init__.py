"""CloudWatch Logs on a laptop: the door."""

from local.cloudwatch.logs.errors import PatternError, QueryError, QueryNotSupported
from local.cloudwatch.logs.insights import parse_query
from local.cloudwatch.logs.logs import Logs
from local.cloudwatch.logs.patterns import parse_pattern
from local.cloudwatch.logs.schema import SCHEMA
from local.cloudwatch.logs.stored_batch import StoredBatch

__all__ = [
    "SCHEMA",
    "Logs",
    "PatternError",
    "QueryError",
    "QueryNotSupported",
    "StoredBatch",
    "parse_pattern",
    "parse_query",
]
