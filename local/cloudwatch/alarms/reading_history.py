"""DescribeAlarmHistory (CloudWatch API reference)."""

from collections.abc import Mapping
from typing import Any

from local.cloudwatch.alarms.alarm import instant
from local.cloudwatch.alarms.describing import alarm_types
from local.cloudwatch.page_tokens import page_key, page_token
from local.database import Database
from local.endpoint.call import Answer, Call
from local.errors import AwsError, NotSupported

TAKES = frozenset(
    {
        "AlarmName",
        "AlarmTypes",
        "EndDate",
        "HistoryItemType",
        "MaxRecords",
        "NextToken",
        "ScanBy",
        "StartDate",
    }
)
_PAGE = 100
_SELECT = "SELECT at_s, id, name, kind, type, summary, data FROM alarm_history WHERE "
# ScanBy -> the order, and what lies beyond the last item of a page.
_ORDERS = {
    "TimestampAscending": (" ORDER BY at_s, id LIMIT ?", "(at_s, id) > (?, ?)"),
    "TimestampDescending": (" ORDER BY at_s DESC, id DESC LIMIT ?", "(at_s, id) < (?, ?)"),
}
_CONTRIBUTORS = ("AlarmContributorStateUpdate", "AlarmContributorAction")


class ReadingHistory:
    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self, call: Call) -> Answer:
        parameters = call.parameters
        size = parameters.get("MaxRecords", _PAGE)
        conditions, values = _conditions(parameters)
        order, beyond = _ORDERS[parameters.get("ScanBy", "TimestampDescending")]
        if "NextToken" in parameters:
            conditions.append(beyond)
            values += _key(parameters["NextToken"])
        query = _SELECT + " AND ".join(conditions) + order
        with self._database.read() as connection:
            rows = connection.execute(query, (*values, size + 1)).fetchall()
        answer = {"AlarmHistoryItems": [_item(row) for row in rows[:size]]}
        return {**answer, "NextToken": page_token(rows[size - 1][:2])} if len(rows) > size else answer


def _conditions(parameters: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """SQL with a mark for each value; the text itself is never the client's."""
    if parameters.get("HistoryItemType") in _CONTRIBUTORS:
        raise NotSupported(f"HistoryItemType {parameters['HistoryItemType']}: alarms have no contributors here")
    types = alarm_types(parameters)
    conditions, values = [f"kind IN ({', '.join('?' * len(types))})"], list[Any](types)
    for key, condition in (("AlarmName", "name = ?"), ("HistoryItemType", "type = ?")):
        if key in parameters:
            conditions.append(condition)
            values.append(parameters[key])
    for key, condition in (("StartDate", "at_s >= ?"), ("EndDate", "at_s <= ?")):
        if key in parameters:
            conditions.append(condition)
            values.append(parameters[key].timestamp())
    return conditions, values


def _key(token: str) -> list[float]:
    try:
        key = page_key(token)
    except ValueError:
        key = None
    match key:
        case [float() as at_s, int() as number] if abs(number) < 1 << 63:
            return [at_s, number]
    raise AwsError("InvalidNextToken", "Invalid NextToken: it is not one that DescribeAlarmHistory gave")


def _item(row: tuple[Any, ...]) -> dict[str, Any]:
    at_s, _, name, kind, history_type, summary, data = row
    return {
        "AlarmName": name,
        "AlarmType": kind,
        "Timestamp": instant(at_s),
        "HistoryItemType": history_type,
        "HistorySummary": summary,
        "HistoryData": data,
    }
