"""The query language of CloudWatch Logs Insights: the door."""

from local.cloudwatch.logs.insights.compile import Plan, Scope, compile_query
from local.cloudwatch.logs.insights.parser import parse_query
from local.cloudwatch.logs.insights.session import (
    Outcome,
    QueryStopped,
    QueryTimedOut,
    TooLarge,
    check_query,
    run_query,
)
from local.cloudwatch.logs.insights.syntax import Query

__all__ = [
    "Outcome",
    "Plan",
    "Query",
    "QueryStopped",
    "QueryTimedOut",
    "Scope",
    "TooLarge",
    "check_query",
    "compile_query",
    "parse_query",
    "run_query",
]
