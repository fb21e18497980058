"""Log groups: made, described, tagged, deleted."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from local.cloudwatch.logs.pages import key_of, token_of
from local.cloudwatch.logs.parameters import (
    MOST_TAGS,
    group_arn,
    group_name,
    identified,
    invalid,
    limit_of,
    not_found,
    one_of,
    tags_of,
)
from local.database import Database
from local.endpoint import Answer, Call
from local.errors import AwsError, NotSupported

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS")
MOST_DESCRIBED = 50
MOST_LISTED = 1000


def group_id(connection: sqlite3.Connection, name: str) -> int:
    """Raises AwsError (ResourceNotFoundException)."""
    found = connection.execute("SELECT id FROM log_groups WHERE name = ?", (name,)).fetchone()
    if found is None:
        raise not_found("log group")
    return int(found[0])


def make_group(connection: sqlite3.Connection, name: str, now_ms: int, *, protected: bool = False) -> int:
    made = connection.execute(
        "INSERT INTO log_groups (name, created_ms, protected) VALUES (?, ?, ?)", (name, now_ms, protected)
    )
    return int(made.lastrowid or 0)


class Groups:
    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def create(self, call: Call) -> Answer:
        name, tags = group_name(call.parameters), tags_of(call.parameters)
        if (chosen := one_of(call.parameters, "logGroupClass", CLASSES)) != "STANDARD":
            raise NotSupported(f"logGroupClass {chosen} is not supported on the laptop; STANDARD is")
        with self._database.write() as connection:
            if connection.execute("SELECT 1 FROM log_groups WHERE name = ?", (name,)).fetchone():
                raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists")
            protected = call.parameters.get("deletionProtectionEnabled", False)
            made = make_group(connection, name, self._now_ms(), protected=protected)
            _put_tags(connection, made, tags)
        return {}

    def delete(self, call: Call) -> Answer:
        with self._database.write() as connection:
            group = group_id(connection, group_name(call.parameters))
            if connection.execute("SELECT protected FROM log_groups WHERE id = ?", (group,)).fetchone()[0]:
                raise AwsError("ValidationException", "The log group has deletion protection enabled")
            connection.execute("DELETE FROM log_events WHERE group_id = ?", (group,))
            connection.execute("DELETE FROM log_streams WHERE group_id = ?", (group,))
            connection.execute("DELETE FROM log_metric_filters WHERE group_id = ?", (group,))
            connection.execute("DELETE FROM log_tags WHERE group_id = ?", (group,))
            connection.execute("DELETE FROM log_groups WHERE id = ?", (group,))
        return {}

    def protect(self, call: Call) -> Answer:
        name = identified(call.parameters["logGroupIdentifier"])
        with self._database.write() as connection:
            changed = (call.parameters["deletionProtectionEnabled"], group_id(connection, name))
            connection.execute("UPDATE log_groups SET protected = ? WHERE id = ?", changed)
        return {}

    def describe(self, call: Call) -> Answer:
        given = call.parameters
        if "logGroupNamePrefix" in given and "logGroupNamePattern" in given:
            raise invalid("Specify logGroupNamePrefix or logGroupNamePattern, not both")
        limit = limit_of(given, MOST_DESCRIBED)
        if one_of(given, "logGroupClass", CLASSES) != "STANDARD":
            return {"logGroups": []}  # there are none of the other classes
        rows = self._rows(given, limit + 1)
        is_short = bool(given.get("logGroupNamePattern"))
        described = [_described(row, call, is_short=is_short) for row in rows[:limit]]
        return {"logGroups": described, **_next(rows, limit)}

    def list_names(self, call: Call) -> Answer:
        limit = limit_of(call.parameters, MOST_LISTED, 50)
        if one_of(call.parameters, "logGroupClass", CLASSES) != "STANDARD":
            return {"logGroups": []}
        rows = self._rows({"nextToken": t} if (t := call.parameters.get("nextToken")) else {}, limit + 1)
        listed = [
            {
                "logGroupName": row["name"],
                "logGroupArn": group_arn(row["name"], call.region, call.account_id),
                "logGroupClass": "STANDARD",
            }
            for row in rows[:limit]
        ]
        return {"logGroups": listed, **_next(rows, limit)}

    def put_retention(self, call: Call) -> Answer:
        days = call.parameters["retentionInDays"]
        if days not in RETENTION_DAYS:
            raise invalid(f"retentionInDays is {days}; it has to be one of {', '.join(map(str, RETENTION_DAYS))}")
        return self._set_retention(call, days)

    def delete_retention(self, call: Call) -> Answer:
        return self._set_retention(call, None)

    def tag(self, call: Call) -> Answer:
        tags = tags_of(call.parameters)
        with self._database.write() as connection:
            group = group_id(connection, identified(call.parameters["resourceArn"]))
            _put_tags(connection, group, tags)
        return {}

    def untag(self, call: Call) -> Answer:
        with self._database.write() as connection:
            group = group_id(connection, identified(call.parameters["resourceArn"]))
            removed = [(group, key) for key in call.parameters["tagKeys"]]
            connection.executemany("DELETE FROM log_tags WHERE group_id = ? AND key = ?", removed)
        return {}

    def list_tags(self, call: Call) -> Answer:
        with self._database.read() as connection:
            group = group_id(connection, identified(call.parameters["resourceArn"]))
            return {"tags": dict(connection.execute("SELECT key, value FROM log_tags WHERE group_id = ?", (group,)))}

    def _set_retention(self, call: Call, days: int | None) -> Answer:
        with self._database.write() as connection:
            group = group_id(connection, group_name(call.parameters))
            connection.execute("UPDATE log_groups SET retention_days = ? WHERE id = ?", (days, group))
        return {}

    def _rows(self, given: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
        """The groups in the order of their names, after the one that the token names."""
        where, values = ["name > ?"], [key_of(given) or ""]
        if prefix := given.get("logGroupNamePrefix"):
            where.append("substr(name, 1, length(?)) = ?")
            values += [prefix, prefix]
        if pattern := given.get("logGroupNamePattern"):
            where.append("instr(name, ?) > 0")
            values.append(pattern)
        if identifiers := given.get("logGroupIdentifiers"):
            where.append(f"name IN ({', '.join('?' * len(identifiers))})")
            values += [identified(identifier) for identifier in identifiers]
        filters = "(SELECT count(*) FROM log_metric_filters WHERE group_id = log_groups.id) AS filters"
        sql = f"SELECT *, {filters} FROM log_groups WHERE {' AND '.join(where)} ORDER BY name LIMIT {count}"  # noqa: S608
        with self._database.read() as connection:
            cursor = connection.execute(sql, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]


def _described(row: Mapping[str, Any], call: Call, *, is_short: bool) -> dict[str, Any]:
    arn = group_arn(row["name"], call.region, call.account_id)
    short = {"logGroupName": row["name"], "creationTime": row["created_ms"], "arn": f"{arn}:*"}
    if is_short:
        return short
    retention = {} if row["retention_days"] is None else {"retentionInDays": row["retention_days"]}
    return {
        **short,
        **retention,
        "metricFilterCount": row["filters"],
        "storedBytes": row["stored_bytes"],
        "logGroupClass": "STANDARD",
        "logGroupArn": arn,
        "deletionProtectionEnabled": bool(row["protected"]),
    }


def _next(rows: list[dict[str, Any]], limit: int) -> dict[str, str]:
    return {"nextToken": token_of(rows[limit - 1]["name"])} if len(rows) > limit else {}


def _put_tags(connection: sqlite3.Connection, group: int, tags: Mapping[str, str]) -> None:
    rows = [(group, key, value) for key, value in tags.items()]
    connection.executemany("INSERT OR REPLACE INTO log_tags VALUES (?, ?, ?)", rows)
    count = connection.execute("SELECT count(*) FROM log_tags WHERE group_id = ?", (group,)).fetchone()[0]
    if count > MOST_TAGS:
        raise AwsError("TooManyTagsException", f"{count} tags; a log group has at most {MOST_TAGS}")
