"""What several tests of CloudWatch Logs ask."""

import time
from typing import Any

NOW_MS = 1_700_000_000_000  # 2023-11-14 22:13:20


def finished(client: Any, text: str, **given: Any) -> dict[str, Any]:
    """A query's whole answer, once it has ended."""
    where = {"logGroupName": "g", "startTime": 0, "endTime": NOW_MS // 1000 + 100_000, **given}
    query = client.start_query(queryString=text, **where)["queryId"]
    while True:
        answer: dict[str, Any] = client.get_query_results(queryId=query)
        if answer["status"] not in ("Scheduled", "Running"):
            return answer
        time.sleep(0.005)
