"""PURE: the fields that a Logs Insights query reads. Not its parser: it tells names from everything else.

CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax".
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<skipped>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\d[\w.]*)"""
    r"|(?P<regex>(?:like|=~)\s*/(?:\\.|[^/\\])*/)"
    r"|as\s+(?P<alias>[A-Za-z_]\w*)"
    r"|`(?P<quoted>[^`]+)`"
    r"|(?P<function>[A-Za-z_]\w*)\s*\("
    r"|(?P<name>@?[A-Za-z_][\w.]*)"
)
_WORDS = frozenset({"and", "asc", "as", "by", "desc", "in", "like", "not", "or"}) | frozenset(
    {"dedup", "diff", "display", "fields", "filter", "limit", "parse", "pattern", "sort", "stats", "unnest"}
)
SYSTEM_FIELDS = frozenset({"@timestamp", "@message", "@ingestionTime", "@log", "@logStream", "@entity", "@ptr"})
"""CloudWatch Logs makes these of every event (CloudWatch Logs user guide, "Supported logs and discovered fields")."""


def fields(query: str) -> set[str]:
    """The names that are neither a command, a function, a text, a number nor given in the query itself by `as`."""
    found: set[str] = set()
    aliases: set[str] = set()
    for token in _TOKEN.finditer(query):
        if token["alias"]:
            aliases.add(token["alias"])
        elif token["quoted"]:
            found.add(token["quoted"])
        elif token["name"] and token["name"] not in _WORDS:
            found.add(token["name"])
    return found - aliases - SYSTEM_FIELDS
