"""A Logs Insights query of a log widget, from its start to its result."""

import asyncio
from collections.abc import Mapping
from typing import Any

from local.viewer.aws import Aws, CallFailed
from local.viewer.dashboards.entries import NotDrawable
from local.viewer.dashboards.log_query import split

# Logs Insights takes from milliseconds (the laptop) to minutes: asked often at first, then less.
FIRST_WAIT_S, LONGEST_WAIT_S, PATIENCE_S = 0.02, 1.0, 60.0
_ENDED = frozenset({"Complete", "Failed", "Cancelled", "Timeout", "Unknown"})


async def run_query(aws: Aws, query: str, times: tuple[float, float], region: str) -> Mapping[str, Any]:
    """GetQueryResults' answer when the query is complete. Raises NotDrawable and CallFailed."""
    groups, text = split(query)
    if not groups:
        raise NotDrawable("its query names no log group: it begins with SOURCE 'name' |")
    started = await aws.call(
        "logs",
        "StartQuery",
        region=region,
        logGroupNames=groups,
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
