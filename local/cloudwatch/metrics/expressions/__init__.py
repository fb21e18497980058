"""Metric math: the door."""

from local.cloudwatch.metrics.expressions.evaluation import evaluate
from local.cloudwatch.metrics.expressions.parser import parse_math
from local.cloudwatch.metrics.expressions.scope import Scope
from local.cloudwatch.metrics.expressions.tree import Node, is_id, references, uses_metrics
from local.cloudwatch.metrics.expressions.values import Array, TimeSeries

__all__ = ["Array", "Node", "Scope", "TimeSeries", "evaluate", "is_id", "parse_math", "references", "uses_metrics"]
