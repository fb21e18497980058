"""OpenTelemetry's attributes <-> X-Ray's blocks. PURE.

The attributes: OpenTelemetry semantic conventions (HTTP, Database, RPC and AWS SDK spans), their older names too.
The blocks: X-Ray developer guide, "X-Ray segment documents". An attribute that no block has a place for is an
annotation if it is a single value, else metadata; what of a block has no convention travels as xray.<block>.<key>.
"""

from __future__ import annotations

import json
from typing import Any

_HTTP: tuple[tuple[tuple[str, str], tuple[str, ...]], ...] = (
    (("request", "method"), ("http.request.method", "http.method")),
    (("request", "url"), ("url.full", "http.url")),
    (("request", "user_agent"), ("user_agent.original", "http.user_agent")),
    (("request", "client_ip"), ("client.address", "http.client_ip")),
    (("response", "status"), ("http.response.status_code", "http.status_code")),
    (("response", "content_length"), ("http.response.body.size", "http.response_content_length")),
)
"""X-Ray's http block: the attributes that say it, the one that we write first."""

_SQL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("database_type", ("db.system.name", "db.system")),
    ("sanitized_query", ("db.query.text", "db.statement")),
    ("url", ("db.connection_string",)),
    ("user", ("db.user",)),
)
_AWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("operation", ("rpc.method", "aws.operation")),
    ("region", ("cloud.region", "aws.region")),
    ("table_name", ("aws.dynamodb.table_names", "aws.table_name")),
    ("request_id", ("aws.request_id", "aws.requestId")),
    ("retries", ("retry_attempts",)),
)
_AWS_SYSTEM = "aws-api"
_SYSTEM = ("rpc.system", "rpc.system.name")
_KEEPS = "xray."
METADATA = "aws.xray.metadata."
"""AWS's exporter for X-Ray makes metadata of an attribute that starts so: the namespace follows, JSON is its value."""
ANNOTATIONS = "aws.xray.annotations"
"""The attribute that lists for AWS which attributes are annotations."""
_SENT_BY = frozenset(("CLIENT", "PRODUCER"))


class Blocks:
    """One span in X-Ray's terms. `metadata` is by namespace."""

    __slots__ = ("annotations", "aws", "http", "metadata", "namespace", "sql")

    def __init__(self, namespace: str | None = None) -> None:
        self.namespace = namespace
        self.annotations: dict[str, Any] = {}
        self.metadata: dict[str, dict[str, Any]] = {}
        self.http: dict[str, Any] = {}
        self.aws: dict[str, Any] = {}
        self.sql: dict[str, Any] = {}


def blocks(kind: str, attributes: dict[str, Any]) -> Blocks:
    """`kind`: OpenTelemetry's SpanKind by name."""
    left = dict(attributes)
    found = Blocks()
    is_aws = _take(left, _SYSTEM, only=_AWS_SYSTEM) is not None
    if kind in _SENT_BY:
        found.namespace = "aws" if is_aws else "remote"
    for (side, key), names in _HTTP:
        value = _take(left, names)
        if value is None:
            continue
        if side == "request":
            found.http.setdefault(side, {})[key] = str(value)
        elif str(value).isdecimal():
            found.http.setdefault(side, {})[key] = int(value)
        else:  # a status that is no number: X-Ray would refuse the document
            found.annotations[names[0]] = str(value)
    _locate(found.http, left)
    if is_aws:
        found.aws = _aws(left)
    elif any(name in left for name in _SQL[0][1]):
        found.sql = {key: str(value) for key, names in _SQL if (value := _take(left, names)) is not None}
    left.pop(ANNOTATIONS, None)
    for name, value in left.items():
        _place(found, str(name), value)
    return found


def _take(left: dict[str, Any], names: tuple[str, ...], *, only: str | None = None) -> Any:
    for name in names:
        if name in left and (only is None or left[name] == only):
            return left.pop(name)
    return None


def _locate(http: dict[str, Any], left: dict[str, Any]) -> None:
    """A server's span says its URL in pieces, a client's beside the whole; X-Ray has the whole."""
    if not http or not ("url.path" in left or "url" in http.get("request", {})):
        return
    path, host = left.pop("url.path", ""), str(left.pop("server.address", ""))
    port, scheme = left.pop("server.port", None), left.pop("url.scheme", "http")
    if left.get("http.route") == left.get("route"):
        left.pop("http.route", None)
    place = "" if port in (None, {"http": 80, "https": 443}.get(scheme)) else f":{port}"
    http.setdefault("request", {}).setdefault("url", f"{scheme}://{host}{place}{path}")


def _aws(left: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, names in _AWS if (value := _take(left, names)) is not None}
    tables = found.get("table_name")
    if isinstance(tables, (list, tuple)):
        found["table_name"] = tables[0] if len(tables) == 1 else list(tables)
    return found


def _place(found: Blocks, name: str, value: Any) -> None:
    if name.startswith(METADATA) and isinstance(value, str):
        found.metadata.setdefault(name.removeprefix(METADATA), {}).update(_decoded(value))
        return
    kept = name.split(".", 3) if name.startswith(_KEEPS) else []
    if len(kept) >= 3 and kept[1] in ("aws", "sql"):
        getattr(found, kept[1])[".".join(kept[2:])] = value
    elif len(kept) == 4 and kept[1] == "http":
        found.http.setdefault(kept[2], {})[kept[3]] = value
    elif isinstance(value, (str, bool, int, float)):
        found.annotations[name] = value
    else:
        found.metadata.setdefault("default", {})[name] = list(value) if isinstance(value, tuple) else value


def _decoded(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {"text": text}
    return value if isinstance(value, dict) else {"value": value}


def attributes(found: Blocks) -> dict[str, Any]:
    """The other way round. Values are texts, numbers, booleans and lists of them, but metadata: a namespace each."""
    said: dict[str, Any] = dict(found.annotations)
    for side, members in found.http.items():
        names = {key: names[0] for (where, key), names in _HTTP if where == side}
        for key, value in members.items() if isinstance(members, dict) else ():
            said[names.get(key, f"{_KEEPS}http.{side}.{key}")] = value
    for block, table in (("sql", _SQL), ("aws", _AWS)):
        names = {key: names[0] for key, names in table}
        for key, value in getattr(found, block).items():
            said[names.get(key, f"{_KEEPS}{block}.{key}")] = value
    table_name = said.get("aws.dynamodb.table_names")
    if isinstance(table_name, str):
        said["aws.dynamodb.table_names"] = [table_name]
    if found.aws or found.namespace == "aws":
        said[_SYSTEM[0]] = _AWS_SYSTEM
    for namespace, members in found.metadata.items():
        said[METADATA + namespace] = members
    if found.annotations:
        said[ANNOTATIONS] = list(found.annotations)
    return said


def kind(found: Blocks) -> str:
    return "INTERNAL" if found.namespace is None else "CLIENT"
