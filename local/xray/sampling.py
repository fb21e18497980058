"""GetSamplingTargets and GetSamplingStatisticSummaries.

Source: AWS page "Using sampling rules with the X-Ray API": a rule's reservoir is shared by the services that report
on it, each with a quota of its own that is good for five minutes. AWS does not say how it shares; here evenly.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.database import Database
from local.endpoint.call import Answer, Call
from local.xray.paging import one_page
from local.xray.rules import Rules

INTERVAL_S = 10  # how often a service is asked to report
QUOTA_S = 300  # how long a quota is good for
ACTIVE_S = 3 * INTERVAL_S  # ours: a service that has not reported for so long has no share
KEPT_S = 600  # ours: how long "recent sampling results" are kept


class Sampling:
    def __init__(self, database: Database, rules: Rules, clock: Callable[[], float]) -> None:
        self._database = database
        self._rules = rules
        self._clock = clock

    def get_targets(self, call: Call) -> Answer:
        now = self._clock()
        rules = self._rules.all(call)
        reports = call.parameters["SamplingStatisticsDocuments"]
        known = [report for report in reports if report["RuleName"] in rules]
        self._keep(known, now)
        return {
            "SamplingTargetDocuments": [
                self._target(rules[report["RuleName"]]["rule"], report["ClientID"], now) for report in known
            ],
            "LastRuleModification": self._rules.last_modification(call),
            "UnprocessedStatistics": [
                _unprocessed(report["RuleName"]) for report in reports if report["RuleName"] not in rules
            ],
        }

    def get_summaries(self, call: Call) -> Answer:
        """What services reported within KEPT_S, by rule and by interval, the latest first."""
        one_page(call.parameters)
        query = """
            SELECT rule, CAST(at / ? AS INTEGER) * ? AS start, sum(requests), sum(borrowed), sum(sampled)
            FROM xray_sampling WHERE at >= ? GROUP BY rule, start ORDER BY start DESC, rule"""
        with self._database.read() as connection:
            rows = connection.execute(query, (INTERVAL_S, INTERVAL_S, self._clock() - KEPT_S)).fetchall()
        return {"SamplingStatisticSummaries": [_summary(*row) for row in rows]}

    def _keep(self, reports: list[Mapping[str, Any]], now: float) -> None:
        rows = [
            (
                json.dumps(report["RuleName"]),
                json.dumps(report["ClientID"]),
                now,
                report["RequestCount"],
                report["SampledCount"],
                report.get("BorrowCount", 0),
            )
            for report in reports
        ]
        with self._database.write() as connection:
            connection.executemany("INSERT INTO xray_sampling VALUES (?, ?, ?, ?, ?, ?)", rows)
            connection.execute("DELETE FROM xray_sampling WHERE at < ?", (now - KEPT_S,))

    def _target(self, rule: Mapping[str, Any], client: str, now: float) -> dict[str, Any]:
        query = "SELECT DISTINCT client FROM xray_sampling WHERE rule = ? AND at >= ? ORDER BY client"
        with self._database.read() as connection:
            found = connection.execute(query, (json.dumps(rule["RuleName"]), now - ACTIVE_S))
            clients = [active for (active,) in found]
        share, left = divmod(rule["ReservoirSize"], len(clients))
        return {
            "RuleName": rule["RuleName"],
            "FixedRate": rule["FixedRate"],
            "ReservoirQuota": share + (clients.index(json.dumps(client)) < left),
            "ReservoirQuotaTTL": datetime.fromtimestamp(int(now) + QUOTA_S, UTC),
            "Interval": INTERVAL_S,
        }


def _unprocessed(name: str) -> dict[str, Any]:
    return {"RuleName": name, "ErrorCode": "RuleNotFound", "Message": f"there is no sampling rule {name!r}"}


def _summary(rule: str, start: int, requests: int, borrowed: int, sampled: int) -> dict[str, Any]:
    return {
        "RuleName": json.loads(rule),
        "Timestamp": datetime.fromtimestamp(start, UTC),
        "RequestCount": requests,
        "BorrowCount": borrowed,
        "SampledCount": sampled,
    }
