"""Saved queries of Logs Insights. Their texts are kept as they are: they may use what only CloudWatch has."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from local.cloudwatch.logs.pages import key_of, token_of
from local.cloudwatch.logs.parameters import group_name, invalid, limit_of, one_of
from local.database import Database
from local.endpoint import Answer, Call
from local.errors import AwsError, NotSupported

LANGUAGES = ("CWLI", "SQL", "PPL")
MOST_DEFINITIONS = 1000
MOST_CHARACTERS = 10_000
MOST_NAME = 255


def only_insights(call: Call) -> None:
    """Raises NotSupported for the query languages that the laptop does not have."""
    if (language := one_of(call.parameters, "queryLanguage", LANGUAGES)) != "CWLI":
        raise NotSupported(f"queryLanguage {language} is not supported on the laptop; CWLI is")


class QueryDefinitions:
    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def put(self, call: Call) -> Answer:
        only_insights(call)
        given = call.parameters
        if len(given["name"]) > MOST_NAME or len(given["queryString"]) > MOST_CHARACTERS:
            raise invalid(f"name has at most {MOST_NAME} characters, queryString {MOST_CHARACTERS}")
        groups = [group_name({"logGroupNames": name}, "logGroupNames") for name in given.get("logGroupNames", [])]
        key = given.get("queryDefinitionId")
        with self._database.write() as connection:
            known = connection.execute("SELECT 1 FROM log_query_definitions WHERE id = ?", (key,)).fetchone()
            if key is not None and not known:
                raise AwsError("ResourceNotFoundException", "The specified query definition does not exist.")
            if connection.execute("SELECT count(*) FROM log_query_definitions").fetchone()[0] >= MOST_DEFINITIONS:
                raise AwsError("LimitExceededException", f"There are at most {MOST_DEFINITIONS} query definitions")
            row = (key or str(uuid.uuid4()), given["name"], given["queryString"], json.dumps(groups), self._now_ms())
            connection.execute("INSERT OR REPLACE INTO log_query_definitions VALUES (?, ?, ?, ?, ?)", row)
        return {"queryDefinitionId": row[0]}

    def describe(self, call: Call) -> Answer:
        only_insights(call)
        given, limit = call.parameters, limit_of(call.parameters, 1000, key="maxResults")
        prefix = given.get("queryDefinitionNamePrefix", "")
        name, _, key = (key_of(given) or "\t").rpartition("\t")
        sql = """SELECT id, name, text, group_names, modified_ms FROM log_query_definitions
            WHERE substr(name, 1, length(?)) = ? AND (name, id) > (?, ?) ORDER BY name, id LIMIT ?"""
        with self._database.read() as connection:
            rows = connection.execute(sql, (prefix, prefix, name, key, limit + 1)).fetchall()
        answer: dict[str, Any] = {"queryDefinitions": [_described(row) for row in rows[:limit]]}
        if len(rows) > limit:
            answer["nextToken"] = token_of(f"{rows[limit - 1][1]}\t{rows[limit - 1][0]}")
        return answer

    def delete(self, call: Call) -> Answer:
        key = call.parameters["queryDefinitionId"]
        with self._database.write() as connection:
            if not connection.execute("DELETE FROM log_query_definitions WHERE id = ?", (key,)).rowcount:
                raise AwsError("ResourceNotFoundException", "The specified query definition does not exist.")
        return {"success": True}


def _described(row: tuple[str, str, str, str, int]) -> dict[str, Any]:
    key, name, text, groups, modified_ms = row
    return {
        "queryLanguage": "CWLI",
        "queryDefinitionId": key,
        "name": name,
        "queryString": text,
        "logGroupNames": json.loads(groups),
        "lastModified": modified_ms,
    }
