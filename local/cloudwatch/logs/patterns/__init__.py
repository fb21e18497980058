"""The filter-pattern language of CloudWatch Logs: the door."""

from local.cloudwatch.logs.patterns.event import Event
from local.cloudwatch.logs.patterns.form import Pattern
from local.cloudwatch.logs.patterns.pattern import parse_pattern
from local.cloudwatch.logs.patterns.selector import parse_selector

__all__ = ["Event", "Pattern", "parse_pattern", "parse_selector"]
