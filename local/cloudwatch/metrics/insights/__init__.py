"""Metrics Insights: the door."""

from local.cloudwatch.metrics.insights.groups import Group, grouped, limited, selects
from local.cloudwatch.metrics.insights.parser import is_insights, parse_insights
from local.cloudwatch.metrics.insights.tree import STATISTICS, Insights

__all__ = ["STATISTICS", "Group", "Insights", "grouped", "is_insights", "limited", "parse_insights", "selects"]
