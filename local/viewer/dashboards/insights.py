"""A Logs Insights query of a log widget, from its start to its result."""

import asyncio
from collections.abc import Mapping
from typing import Any

from local.viewer.aws import Aws, CallFailed
from local.viewer.dashboards.entries import NotDrawable
from local.viewer.dashboards.log_query import group_arns, split

# Logs Insights takes from milliseconds (the laptop) to minutes: asked often at first, then less.
FIRST_WAIT_S, LONGEST_WAIT_S, PATIENCE_S = 0.02, 1.0, 60.0
_ENDED = frozenset({"Complete", "Failed", "Cancelled", "Timeout", "Unknown"})


async def run_query(aws: Aws, properties: Mapping[str, Any], times: tuple[float, float]) -> Mapping[str, Any]:
    """GetQueryResults' answer for a log widget's properties, when its query is complete. Raises NotDrawable and
    CallFailed.
    """
    region = str(properties.get("region", aws.place.region))
    groups, text = split(str(properties.get("query", "")))
    if not groups:
        raise NotDrawable("its query names no log group: it begins with SOURCE 'name' |")
    started = await aws.call(
        "logs",
        "StartQuery",
        region=region,
        **_named(groups, region, properties.get("accountId")),
        queryString=text,
        startTime=int(times[0]),
        endTime=int(times[1]),
    )
    waited, pause = 0.0, FIRST_WAIT_S
    while waited < PATIENCE_S:
        answer = await aws.call("logs", "GetQueryResults", region=region, queryId=started["queryId"])
        if answer["status"] in _ENDED:
            if answer["status"] != "Complete":
                raise CallFailed("logs:GetQueryResults", answer["status"], "the query did not complete")
            return answer
        await asyncio.sleep(pause)
        waited, pause = waited + pause, min(pause * 1.6, LONGEST_WAIT_S)
    await aws.call("logs", "StopQuery", region=region, queryId=started["queryId"])
    raise CallFailed(
        "logs:GetQueryResults", "Running", f"the query was stopped after {PATIENCE_S:.0f} s: narrow its time"
    )


def _named(groups: list[str], region: str, account: str | None) -> dict[str, list[str]]:
    if account is None:
        return {"logGroupNames": groups}
    return {"logGroupIdentifiers": group_arns(groups, region, str(account))}
