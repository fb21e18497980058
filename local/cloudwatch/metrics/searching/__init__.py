"""SEARCH expressions: the door."""

from local.cloudwatch.metrics.searching.matching import matches
from local.cloudwatch.metrics.searching.parser import parse_search
from local.cloudwatch.metrics.searching.tree import Search

__all__ = ["Search", "matches", "parse_search"]
