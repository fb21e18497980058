"""Groups and sampling rules on disk: each a JSON document with a name."""

import json
from typing import Any

from local.database import Database


class Configuration:
    """The documents of one kind. Few: they are read whole."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind

    def all(self) -> dict[str, dict[str, Any]]:
        """By name, the oldest first."""
        query = "SELECT document FROM xray_configuration WHERE kind = ? ORDER BY rowid"
        with self._database.read() as connection:
            documents = [json.loads(text) for (text,) in connection.execute(query, (self._kind,))]
        return {document["name"]: document for document in documents}

    def put(self, document: dict[str, Any]) -> None:
        text = json.dumps(document)
        statement = """
            INSERT INTO xray_configuration (kind, name, document) VALUES (?, ?, ?)
            ON CONFLICT (kind, name) DO UPDATE SET document = excluded.document"""
        with self._database.write() as connection:
            connection.execute(statement, (self._kind, json.dumps(document["name"]), text))

    def remove(self, name: str) -> None:
        with self._database.write() as connection:
            statement = "DELETE FROM xray_configuration WHERE kind = ? AND name = ?"
            connection.execute(statement, (self._kind, json.dumps(name)))
