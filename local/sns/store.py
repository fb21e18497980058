"""Topics, subscriptions and messages, in the database."""

import json
from collections.abc import Sequence
from typing import Any

from local.database import Database
from local.sns.notification import Message, Subscription

MOST_MESSAGES = 1000  # as many are kept for people to look at; SNS itself keeps none

SCHEMA = """
CREATE TABLE IF NOT EXISTS sns_topics (arn TEXT PRIMARY KEY, attributes TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sns_subscriptions (
    arn TEXT PRIMARY KEY,
    topic_arn TEXT NOT NULL REFERENCES sns_topics (arn),
    protocol TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    token TEXT NOT NULL,
    confirmed INTEGER NOT NULL,
    raw INTEGER NOT NULL,
    UNIQUE (topic_arn, protocol, endpoint)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sns_messages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, topic_arn TEXT NOT NULL, subject TEXT, text TEXT NOT NULL,
    time TEXT NOT NULL
);
"""
_COLUMNS = "arn, topic_arn, protocol, endpoint, token, confirmed, raw"


class Store:
    def __init__(self, database: Database) -> None:
        self._database = database

    def topics(self) -> list[str]:
        with self._database.read() as reading:
            return [arn for (arn,) in reading.execute("SELECT arn FROM sns_topics ORDER BY arn")]

    def attributes(self, arn: str) -> dict[str, str] | None:
        """None where there is no such topic."""
        with self._database.read() as reading:
            row = reading.execute("SELECT attributes FROM sns_topics WHERE arn = ?", (arn,)).fetchone()
        return None if row is None else json.loads(row[0])

    def put_topic(self, arn: str, attributes: dict[str, str]) -> None:
        with self._database.write() as writing:
            writing.execute("INSERT OR REPLACE INTO sns_topics VALUES (?, ?)", (arn, json.dumps(attributes)))

    def delete_topic(self, arn: str) -> None:
        with self._database.write() as writing:
            writing.execute("DELETE FROM sns_subscriptions WHERE topic_arn = ?", (arn,))
            writing.execute("DELETE FROM sns_topics WHERE arn = ?", (arn,))

    def subscriptions(self, topic_arn: str | None = None) -> list[Subscription]:
        return self._found("? IS NULL OR topic_arn = ?", (topic_arn, topic_arn))

    def subscription(self, arn: str) -> Subscription | None:
        found = self._found("arn = ?", (arn,))
        return found[0] if found else None

    def same(self, wanted: Subscription) -> Subscription | None:
        """The one of this topic, protocol and endpoint, if there is one."""
        key = (wanted.topic_arn, wanted.protocol, wanted.endpoint)
        found = self._found("topic_arn = ? AND protocol = ? AND endpoint = ?", key)
        return found[0] if found else None

    def put_subscription(self, subscription: Subscription) -> None:
        row = tuple(getattr(subscription, name) for name in subscription.__slots__)
        with self._database.write() as writing:
            writing.execute(f"INSERT OR REPLACE INTO sns_subscriptions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608 - a constant

    def delete_subscription(self, arn: str) -> None:
        with self._database.write() as writing:
            writing.execute("DELETE FROM sns_subscriptions WHERE arn = ?", (arn,))

    def put_message(self, message: Message) -> None:
        with self._database.write() as writing:
            row = (message.id, message.topic_arn, message.subject, message.text, message.time)
            number = writing.execute(
                "INSERT INTO sns_messages (id, topic_arn, subject, text, time) VALUES (?, ?, ?, ?, ?)", row
            ).lastrowid
            writing.execute("DELETE FROM sns_messages WHERE number <= ?", ((number or 0) - MOST_MESSAGES,))

    def messages(self) -> list[dict[str, Any]]:
        """The newest first."""
        with self._database.read() as reading:
            rows = reading.execute("SELECT id, topic_arn, subject, text, time FROM sns_messages ORDER BY number DESC")
            names = ("MessageId", "TopicArn", "Subject", "Message", "Timestamp")
            return [dict(zip(names, row, strict=True)) for row in rows]

    def empty(self) -> None:
        with self._database.write() as writing:
            for table in ("sns_messages", "sns_subscriptions", "sns_topics"):
                writing.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant

    def _found(self, where: str, values: Sequence[Any]) -> list[Subscription]:
        with self._database.read() as reading:
            rows = reading.execute(
                f"SELECT {_COLUMNS} FROM sns_subscriptions WHERE {where} ORDER BY arn",  # noqa: S608 - constants
                values,
            ).fetchall()
        return [_subscription(row) for row in rows]


def _subscription(row: tuple[Any, ...]) -> Subscription:
    arn, topic_arn, protocol, endpoint, token, confirmed, raw = row
    return Subscription(arn, topic_arn, protocol, endpoint, token, bool(confirmed), bool(raw))
