"""PURE: what the name of a field means for an event: SQL over the columns of log_events, called `e`.

Source: the AWS page "Supported logs and discovered fields".
"""

import json
from collections.abc import Callable

from local.cloudwatch.logs.insights.fragments import Fragment
from local.cloudwatch.logs.insights.functions import Kind
from local.cloudwatch.logs.schema import ID_BITS

COLUMNS = ("id", "group_id", "stream_id", "ingested_ms", "kind", "fields", "message")
SYSTEM = {
    "@timestamp": Fragment(f"(e.id >> {ID_BITS})", Kind.TIME),
    "@ingestionTime": Fragment("e.ingested_ms", Kind.TIME),
    "@message": Fragment("e.message", Kind.TEXT),
    "@logStream": Fragment("(SELECT name FROM log_streams WHERE id = e.stream_id)", Kind.TEXT),
    "@ptr": Fragment("CAST(e.id AS TEXT)", Kind.TEXT),
}
LAMBDA = {
    "@requestId": Kind.TEXT,
    "@type": Kind.TEXT,
    "@xrayTraceId": Kind.TEXT,
    "@xraySegmentId": Kind.TEXT,
    "@duration": Kind.NUMBER,
    "@billedDuration": Kind.NUMBER,
    "@memorySize": Kind.NUMBER,
    "@maxMemoryUsed": Kind.NUMBER,
    "@initDuration": Kind.NUMBER,
}
_LOG = "(SELECT name FROM log_groups WHERE id = e.group_id)"


def event_field(name: str, account_id: str, bind: Callable[[str], str]) -> Fragment:
    """`bind` takes a value and gives its parameter's name. A field that events don't have is NULL."""
    if name in SYSTEM:
        return SYSTEM[name]
    if name == "@log":
        return Fragment(f"({bind(account_id)} || ':' || {_LOG})", Kind.TEXT)
    if name in LAMBDA:
        return Fragment(f"json_extract(e.fields, {bind(_path([name]))})", LAMBDA[name])
    if name.startswith("@") and not name.startswith("@@"):
        return Fragment("NULL", Kind.ANY)
    # "If the name of a discovered log field starts with @, it is displayed with an additional @."
    paths = json_paths(name.removeprefix("@") if name.startswith("@@") else name)
    message = _first([f"json_extract(e.message, {bind('$' + path)})" for path in paths])
    fields = _first([f"json_extract(e.fields, {bind('$.json' + path)})" for path in paths])
    return Fragment(f"(CASE e.kind WHEN 1 THEN {message} WHEN 2 THEN {fields} END)", Kind.ANY)


def member(value: Fragment, steps: tuple[str | int, ...], bind: Callable[[str], str]) -> Fragment:
    """A member of a map or a list that jsonParse or unnest made."""
    found = f"json_extract({value.sql}, {bind('$' + _path(steps)[1:])})"
    return Fragment(f"(CASE WHEN json_valid({value.sql}) THEN {found} END)", Kind.ANY)


def json_paths(name: str) -> list[str]:
    """Where a dotted name may be: in nested objects and arrays, or under a key that has the dots itself."""
    steps = name.split(".")
    indexes = [int(step) if step.isdigit() and len(step) < 7 else step for step in steps]
    candidates: list[list[str | int]] = [indexes, [*steps], [name]]
    found = [_path(candidate)[1:] for candidate in candidates]
    if not name.isascii():  # a key may be written with \\u escapes, and SQLite compares keys as they are written
        found += [_path([json.dumps(step)[1:-1] for step in steps])[1:]]
    return list(dict.fromkeys(found))


def _path(steps: "list[str | int] | list[str] | tuple[str | int, ...]") -> str:
    """A path of SQLite's JSON functions. It has no escape for a quote: no key with one can be named."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f'."{step}"' for step in steps)


def _first(sql: list[str]) -> str:
    return sql[0] if len(sql) == 1 else f"coalesce({', '.join(sql)})"
