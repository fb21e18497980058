"""TagResource, UntagResource and ListTagsForResource, of alarms (CloudWatch API reference)."""

import re
import sqlite3
from collections.abc import Iterable, Mapping

from local.cloudwatch.alarms import store
from local.cloudwatch.alarms.alarm import Alarm
from local.cloudwatch.alarms.metric_alarm import refuse
from local.database import Database
from local.endpoint.call import Answer, Call
from local.errors import AwsError, NotSupported

MOST_TAGS = 50
_ALARM = re.compile(r"arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:(.+)", re.DOTALL)
_OTHERS = re.compile(r"arn:[^:]+:cloudwatch:[^:]*:[^:]*:(dashboard|insight-rule|metric-stream)/")


class Tagging:
    def __init__(self, database: Database) -> None:
        self._database = database

    def tag(self, call: Call) -> Answer:
        with self._database.write() as connection:
            add_tags(connection, _tagged(connection, call.parameters["ResourceARN"]), call.parameters["Tags"])
        return {}

    def untag(self, call: Call) -> Answer:
        with self._database.write() as connection:
            alarm = _tagged(connection, call.parameters["ResourceARN"])
            pairs = [(alarm.arn, key) for key in call.parameters["TagKeys"]]
            connection.executemany("DELETE FROM alarm_tags WHERE arn = ? AND key = ?", pairs)
        return {}

    def tags(self, call: Call) -> Answer:
        with self._database.read() as connection:
            alarm = _tagged(connection, call.parameters["ResourceARN"])
            rows = connection.execute("SELECT key, value FROM alarm_tags WHERE arn = ? ORDER BY key", (alarm.arn,))
            return {"Tags": [{"Key": key, "Value": value} for key, value in rows]}


def add_tags(connection: sqlite3.Connection, alarm: Alarm, tags: Iterable[Mapping[str, str]]) -> None:
    """A key that is there already gets the new value."""
    rows = [(alarm.arn, tag["Key"], tag["Value"]) for tag in tags]
    reserved = [key for _, key, _ in rows if key.lower().startswith("aws:")]
    if reserved:
        refuse(f"aws: prefixed tag key names are not allowed for external use: {reserved[0]}")
    connection.executemany("INSERT OR REPLACE INTO alarm_tags (arn, key, value) VALUES (?, ?, ?)", rows)
    (count,) = connection.execute("SELECT count(*) FROM alarm_tags WHERE arn = ?", (alarm.arn,)).fetchone()
    if count > MOST_TAGS:
        refuse(f"{alarm.arn} would have {count} tags, at most {MOST_TAGS} are allowed")


def _tagged(connection: sqlite3.Connection, arn: str) -> Alarm:
    other = _OTHERS.match(arn)
    if other:
        raise NotSupported(f"ResourceARN {arn}: tags of a {other[1]} are not supported here, of an alarm they are")
    named = _ALARM.fullmatch(arn)
    if not named:
        raise AwsError("InvalidParameterValueException", f"ResourceARN {arn} is not the ARN of a CloudWatch resource")
    alarm = store.find(connection, named[1])
    if alarm is None or alarm.arn != arn:
        members = {"ResourceType": "alarm", "ResourceId": named[1]}
        raise AwsError("ResourceNotFoundException", f"{arn} does not exist", status=404, members=members)
    return alarm
