"""PURE: saved queries and trace filters -> CloudFormation resources and text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dashboards import limits
from dashboards.errors import BoardError
from dashboards.origin import here


@dataclass(frozen=True, kw_only=True)
class SavedQuery:
    """A Logs Insights query under `name`, for the log group that `group` names. Raises BoardError."""

    name: str
    answers: str
    query: str
    group: str = "LogGroupName"
    origin: str = field(default_factory=here, compare=False)

    def __post_init__(self) -> None:
        if len(self.query) > limits.QUERY_CHARACTERS.most:
            limit = limits.QUERY_CHARACTERS
            raise BoardError(self.origin, f"query {self.name}: over {limit.most} {limit.unit} ({limit.source})")


@dataclass(frozen=True, kw_only=True)
class TraceFilter:
    """An X-Ray filter expression, to be pasted into the console's trace search."""

    answers: str
    expression: str
    origin: str = field(default_factory=here, compare=False)


def resource_id(query: SavedQuery) -> str:
    return "".join(word.capitalize() for word in query.name.split("-")) + "Query"


def query_definition(query: SavedQuery) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::QueryDefinition",
        "Properties": {
            "Name": f"${{ServiceName}}-${{Stage}}/{query.name}",
            "LogGroupNames": [f"${{{query.group}}}"],
            "QueryString": query.query,
        },
    }
