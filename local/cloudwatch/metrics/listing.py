"""ListMetrics."""

import base64
from collections.abc import Mapping
from typing import Any

from local.cloudwatch.metrics.datum import check_dimensions, check_name, check_text, invalid
from local.cloudwatch.metrics.directory import Wanted, find_metrics
from local.cloudwatch.metrics.identity import described
from local.cloudwatch.metrics.limits import (
    LISTED_AT_ONCE,
    LISTED_FOR_S,
    LONGEST_NAME,
    MOST_DIMENSION_FILTERS,
    RECENTLY_ACTIVE_S,
)
from local.database import Database
from local.endpoint.call import Answer, Call
from local.errors import NotSupported

TAKES = frozenset(
    {
        *("Namespace", "MetricName", "Dimensions", "NextToken", "RecentlyActive"),
        *("IncludeLinkedAccounts", "OwningAccount"),
    }
)


def list_metrics(database: Database, call: Call, now_s: float) -> Answer:
    given = call.parameters
    if given.get("IncludeLinkedAccounts") or "OwningAccount" in given:
        raise NotSupported("IncludeLinkedAccounts and OwningAccount are not supported on the laptop: it is one account")
    wanted, after = _wanted(given, now_s), _after(given)
    with database.read() as connection:
        found = find_metrics(connection, wanted, after, LISTED_AT_ONCE + 1)
    shown = found[:LISTED_AT_ONCE]
    answer: dict[str, Any] = {"Metrics": [described(metric) for _, metric in shown]}
    if len(found) > len(shown):
        answer["NextToken"] = base64.urlsafe_b64encode(str(shown[-1][0]).encode()).decode()
    return answer


def _wanted(given: Mapping[str, Any], now_s: float) -> Wanted:
    recently = given.get("RecentlyActive")
    if recently not in (None, "PT3H"):
        raise invalid("The parameter RecentlyActive must be a value in the set [ PT3H ].")
    filters = given.get("Dimensions", ())
    if "Namespace" in given:
        check_text(given["Namespace"], "Namespace", LONGEST_NAME)
    if "MetricName" in given:
        check_name(given["MetricName"], "MetricName")
    check_dimensions([{"Value": "any", **dimension} for dimension in filters], "Dimensions", MOST_DIMENSION_FILTERS)
    return Wanted(
        int(now_s) - (RECENTLY_ACTIVE_S if recently else LISTED_FOR_S),
        given.get("Namespace"),
        given.get("MetricName"),
        [(dimension["Name"], dimension.get("Value")) for dimension in filters],
    )


def _after(given: Mapping[str, Any]) -> int:
    if "NextToken" not in given:
        return 0
    try:
        after = int(base64.urlsafe_b64decode(given["NextToken"]).decode("ascii"))
    except ValueError:
        after = -1
    if not 0 <= after < 2**63:
        raise invalid("The value for parameter NextToken is invalid: it is what a call before answered.")
    return after
