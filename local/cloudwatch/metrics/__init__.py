"""CloudWatch's metrics: the door."""

from local.cloudwatch.metrics.errors import ExpressionError
from local.cloudwatch.metrics.metrics import EmfBatch, Metrics
from local.cloudwatch.metrics.queries import parse_expression
from local.cloudwatch.metrics.schema import SCHEMA

__all__ = ["SCHEMA", "EmfBatch", "ExpressionError", "Metrics", "parse_expression"]
