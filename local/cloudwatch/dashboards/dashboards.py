"""CloudWatch's dashboards: kept when their bodies are good (PutDashboard and its kin, CloudWatch API reference)."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from local.cloudwatch.dashboards.body import validate_body
from local.cloudwatch.dashboards.checks import Message
from local.cloudwatch.page_tokens import page_key, page_token
from local.database import Database
from local.endpoint.call import Answer, Call, Operation, Operations
from local.errors import AwsError

SCHEMA = """
CREATE TABLE IF NOT EXISTS dashboards (name TEXT PRIMARY KEY, body TEXT NOT NULL, modified_s REAL NOT NULL);
"""
PAGE = 1000
MOST_DELETED = 100
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_PREFIX = re.compile(r"[A-Za-z0-9_.-]{0,255}")
_PUT = "INSERT OR REPLACE INTO dashboards (name, body, modified_s) VALUES (?, ?, ?)"
_LIST = """
SELECT name, length(CAST(body AS BLOB)), modified_s FROM dashboards
WHERE name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?"""


class Dashboards:
    """`clock` says the seconds since the epoch. Dashboards are global: they have no region."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def operations(self) -> Operations:
        return {
            "DeleteDashboards": Operation(self._delete, frozenset({"DashboardNames"})),
            "GetDashboard": Operation(self._get, frozenset({"DashboardName"})),
            "ListDashboards": Operation(self._list, frozenset({"DashboardNamePrefix", "NextToken"})),
            "PutDashboard": Operation(self._put, frozenset({"DashboardName", "DashboardBody"})),
        }

    def reset(self) -> None:
        """Forgets all dashboards."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM dashboards")

    def _put(self, call: Call) -> Answer:
        name, body = call.parameters["DashboardName"], call.parameters["DashboardBody"]
        _check_name("DashboardName", name)
        messages = validate_body(body)
        errors = [message for message in messages if not message.warning]
        if errors:
            raise _invalid(errors)
        with self._database.write() as connection:
            connection.execute(_PUT, (name, body, self._clock()))
        return {"DashboardValidationMessages": _shown(messages)}

    def _get(self, call: Call) -> Answer:
        name = call.parameters["DashboardName"]
        _check_name("DashboardName", name)
        with self._database.read() as connection:
            row = connection.execute("SELECT body FROM dashboards WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise AwsError("DashboardNotFoundError", f"Dashboard {name} does not exist", status=404)
        return {"DashboardArn": _arn(call, name), "DashboardBody": row[0], "DashboardName": name}

    def _list(self, call: Call) -> Answer:
        prefix = call.parameters.get("DashboardNamePrefix", "")
        if not _PREFIX.fullmatch(prefix):
            raise _invalid_value("DashboardNamePrefix", prefix)
        after = _after(call.parameters.get("NextToken"))
        with self._database.read() as connection:
            rows = connection.execute(_LIST, (after, len(prefix), prefix, PAGE + 1)).fetchall()
        entries = [_entry(call, *row) for row in rows[:PAGE]]
        more = {"NextToken": page_token(entries[-1]["DashboardName"])} if len(rows) > PAGE else {}
        return {"DashboardEntries": entries, **more}

    def _delete(self, call: Call) -> Answer:
        """As many as possible, also where one is missing."""
        names = call.parameters["DashboardNames"]
        if len(names) > MOST_DELETED:
            raise AwsError(
                "InvalidParameterValueException", f"DashboardNames: at most {MOST_DELETED}, not {len(names)}"
            )
        with self._database.write() as connection:
            missing = [
                name
                for name in dict.fromkeys(names)
                if not connection.execute("DELETE FROM dashboards WHERE name = ?", (name,)).rowcount
            ]
        if missing:
            said = f"The specified dashboard does not exist. [{', '.join(missing)}]"
            raise AwsError("DashboardNotFoundError", said, status=404)
        return {}


def _check_name(field: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise _invalid_value(field, name)


def _invalid_value(field: str, value: str) -> AwsError:
    return AwsError(
        "InvalidParameterValueException",
        f"The value {value} for field {field} is invalid. It must have 1 to 255 characters, and can only contain "
        "alphanumerics, dash (-) and underscore (_).",
    )


def _invalid(errors: Sequence[Message]) -> AwsError:
    listed = json.dumps([{"dataPath": error.path, "message": error.text} for error in errors], indent=2)
    return AwsError(
        "DashboardInvalidInputError",
        f"The dashboard body is invalid, there are {len(errors)} validation errors:\n{listed}",
        members={"dashboardValidationMessages": _shown(errors)},
    )


def _shown(messages: Iterable[Message]) -> list[dict[str, str]]:
    return [{"DataPath": message.path, "Message": message.text} for message in messages]


def _after(token: str | None) -> str:
    try:
        key = "" if token is None else page_key(token)
    except ValueError:
        key = None
    if not isinstance(key, str):
        raise AwsError("InvalidParameterValueException", "NextToken is not one that ListDashboards gave")
    return key


def _entry(call: Call, name: str, size: int, modified_s: float) -> dict[str, Any]:
    modified = datetime.fromtimestamp(round(modified_s, 3), UTC)
    return {"DashboardName": name, "DashboardArn": _arn(call, name), "LastModified": modified, "Size": size}


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:cloudwatch::{call.account_id}:dashboard/{name}"
