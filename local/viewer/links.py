"""PURE: links to the viewer's own pages."""

from typing import Any
from urllib.parse import quote, urlencode


def link(path: str, *parts: str, **query: Any) -> str:
    """`link("/alarms", "a/b", start="-PT3H")` -> `/alarms/a%2Fb?start=-PT3H`. What is None or "" is left out."""
    path = "/".join([path.rstrip("/"), *(quote(part, safe="") for part in parts)]) or "/"
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path
