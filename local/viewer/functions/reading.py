"""Lambda's functions and their reports, from AWS's APIs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.viewer.aws import Aws
from local.viewer.functions.report import QUERY, Report, report
from local.viewer.logs.query import complete_query, start_query
from local.viewer.time_range import TimeRange

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Reports:
    """The latest first. `matched` is how many there are; at most 10,000 are read."""

    reports: Sequence[Report]
    matched: int


async def read_functions(aws: Aws) -> list[Mapping[str, Any]]:
    """In the shape of the API, by name. Raises CallFailed."""
    found: list[Mapping[str, Any]] = []
    asked: dict[str, Any] = {}
    while True:
        page = await aws.call("lambda", "ListFunctions", **asked)
        found += page.get("Functions", ())
        if not page.get("NextMarker"):
            return sorted(found, key=lambda one: str(one.get("FunctionName", "")))
        asked["Marker"] = page["NextMarker"]


async def read_configuration(aws: Aws, name: str) -> Mapping[str, Any]:
    return await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name)


async def read_reports(aws: Aws, group: str, times: TimeRange) -> Reports:
    """By a query of Logs Insights. Raises CallFailed."""
    query_id = await start_query(aws, [group], QUERY, times)
    answer = await complete_query(aws, query_id, PATIENCE_S)
    rows = [{cell["field"]: cell.get("value", "") for cell in row} for row in answer.get("results", ())]
    matched = int((answer.get("statistics") or {}).get("recordsMatched") or len(rows))
    return Reports([report(row) for row in rows], matched)
