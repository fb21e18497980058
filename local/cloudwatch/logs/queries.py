"""StartQuery and what follows it. Answers are kept in memory while the process runs, the latest ones only."""

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.cloudwatch.logs.groups import group_id
from local.cloudwatch.logs.insights import Scope, check_query, compile_query, parse_query
from local.cloudwatch.logs.pages import key_of, token_of
from local.cloudwatch.logs.parameters import account_of, group_name, identified, invalid, limit_of
from local.cloudwatch.logs.query_definitions import only_insights
from local.cloudwatch.logs.running import ENDED, RunningQuery, Status
from local.cloudwatch.logs.schema import LATEST_MS
from local.database import Database
from local.endpoint import Answer, Call
from local.errors import AwsError, NotSupported

AT_ONCE = 2
MOST_WAITING = 100
MOST_KEPT = 100
MOST_KEPT_BYTES = 64 * 1024 * 1024
MOST_ROWS = 100_000
MOST_ROWS_A_PAGE = 10_000
MOST_GROUPS = 50


class Queries:
    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._queries: dict[str, RunningQuery] = {}
        self._threads = ThreadPoolExecutor(AT_ONCE, "insights")  # starts none before the first query

    def start(self, call: Call) -> Answer:
        only_insights(call)
        query = self._query(call)
        with self._lock:
            if sum(other.status not in ENDED for other in self._queries.values()) >= MOST_WAITING:
                raise AwsError("LimitExceededException", f"{MOST_WAITING} queries are running or waiting")
            self._make_room()
            self._queries[query.id] = query
        self._threads.submit(query.run, self._database)
        return {"queryId": query.id}

    def results(self, call: Call) -> Answer:
        query, limit = self._found(call), limit_of(call.parameters, MOST_ROWS_A_PAGE, key="maxItems")
        status, start = query.status, _offset(call.parameters)
        outcome = query.outcome  # it is empty until the query is complete
        answer: dict[str, Any] = {
            "queryLanguage": "CWLI",
            "results": outcome.cells(start, start + limit),
            "statistics": {
                "recordsMatched": float(outcome.matched),
                "recordsScanned": float(outcome.scanned),
                "bytesScanned": float(outcome.scanned_bytes),
                "estimatedRecordsSkipped": 0.0,
                "estimatedBytesSkipped": 0.0,
                "logGroupsScanned": float(len(query.groups)),
                "resultCount": float(len(outcome.rows)),
            },
            "status": str(status),
        }
        if start + limit < len(outcome.rows):
            answer["nextToken"] = token_of(str(start + limit))
        return answer

    def stop(self, call: Call) -> Answer:
        if not self._found(call).stop():
            raise invalid("The specified query is not running")
        return {"success": True}

    def describe(self, call: Call) -> Answer:
        only_insights(call)
        given, limit = call.parameters, limit_of(call.parameters, 1000, key="maxResults")
        if "status" in given and given["status"] not in {*map(str, Status), "Unknown"}:
            raise invalid(f"status is {given['status'][:80]!r}; it has to be one of {', '.join(Status)}")
        with self._lock:
            queries = sorted(self._queries.values(), key=lambda query: -query.created_ms)
        wanted = [query for query in queries if _is_wanted(query, given)]
        start = _offset(given)
        answer: dict[str, Any] = {"queries": [_described(query) for query in wanted[start : start + limit]]}
        if start + limit < len(wanted):
            answer["nextToken"] = token_of(str(start + limit))
        return answer

    def forget(self) -> None:
        """Ends the queries that run, and drops all answers."""
        with self._lock:
            for query in self._queries.values():
                query.stop()
            self._queries.clear()

    def close(self) -> None:
        """Ends the queries that run, and their threads."""
        self.forget()
        self._threads.shutdown()

    def _query(self, call: Call) -> RunningQuery:
        given = call.parameters
        names = _groups(given, call.account_id)
        if given["startTime"] > given["endTime"]:
            raise invalid("startTime is after endTime")
        parsed = parse_query(given["queryString"])
        with self._database.read() as connection:
            groups = [group_id(connection, name) for name in names]
            plan = compile_query(parsed, self._scope(call, groups))
            check_query(connection, plan)
        return RunningQuery(str(uuid.uuid4()), parsed.text, tuple(names), self._now_ms(), plan)

    def _scope(self, call: Call, groups: Sequence[int]) -> Scope:
        given = call.parameters
        latest = LATEST_MS - 2
        return Scope(
            groups,
            min(max(given["startTime"], 0) * 1000, latest),
            min(max(given["endTime"], 0) * 1000 + 999, latest),
            call.account_id,
            self._now_ms() // 1000,
            limit_of(given, MOST_ROWS) if "limit" in given else None,
        )

    def _found(self, call: Call) -> RunningQuery:
        with self._lock:
            query = self._queries.get(call.parameters["queryId"])
        if query is None:
            raise AwsError("ResourceNotFoundException", "The specified query does not exist.")
        return query

    def _make_room(self) -> None:
        """The oldest that have ended, until few enough are left."""
        size = sum(query.outcome.size for query in self._queries.values())
        for query in list(self._queries.values()):
            if len(self._queries) < MOST_KEPT and size < MOST_KEPT_BYTES:
                return
            if query.status in ENDED:
                size -= query.outcome.size
                del self._queries[query.id]


def _groups(given: Mapping[str, Any], account_id: str) -> Sequence[str]:
    named = [key for key in ("logGroupName", "logGroupNames", "logGroupIdentifiers") if key in given]
    if len(named) != 1:
        raise invalid("Specify exactly one of logGroupName, logGroupNames and logGroupIdentifiers")
    if named == ["logGroupName"]:
        return [group_name(given)]
    for identifier in given.get("logGroupIdentifiers", ()):
        if (account := account_of(identifier)) not in (None, account_id):
            raise NotSupported(f"the log groups of account {account} are not on the laptop: it is one account")
    names = list(dict.fromkeys(identified(name) for name in given[named[0]]))
    if not 1 <= len(names) <= MOST_GROUPS:
        raise invalid(f"{len(names)} log groups; from 1 to {MOST_GROUPS} can be queried")
    return names


def _offset(given: Mapping[str, Any]) -> int:
    token = key_of(given) or "0"
    if not token.isdecimal() or not token.isascii() or len(token) > 9:
        raise invalid("The specified nextToken is invalid.")
    return int(token)


def _is_wanted(query: RunningQuery, given: Mapping[str, Any]) -> bool:
    in_group = "logGroupName" not in given or given["logGroupName"] in query.groups
    return in_group and given.get("status", query.status) == query.status


def _described(query: RunningQuery) -> dict[str, Any]:
    return {
        "queryLanguage": "CWLI",
        "queryId": query.id,
        "queryString": query.text,
        "status": str(query.status),
        "createTime": query.created_ms,
        "logGroupName": query.groups[0],
        "queryDuration": query.duration_ms,
        "bytesScanned": float(query.outcome.scanned_bytes),
    }
