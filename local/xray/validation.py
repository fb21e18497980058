"""PURE: is this an X-Ray segment document? Source: AWS page "AWS X-Ray segment documents"."""

import re
import sys
from collections.abc import Mapping
from typing import Any

MAX_BYTES = 64 * 1024
MAX_NAME = 200
MAX_USER = 250
MAX_ANNOTATIONS = 50
MAX_ANNOTATION_TEXT = 1000
MAX_TIME = 253_402_300_799  # seconds since the epoch: the end of the year 9999, the last that a date can name
MAX_JSON_DEPTH = 300  # ours: what a whole trace is nested to still has to be written by json, which gives up at 1000
MAX_DEPTH = 100  # ours: deeper nesting than any trace has, and well below Python's recursion limit

_TRACE_ID = re.compile(r"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}", re.ASCII)
_ID = re.compile(r"[0-9a-fA-F]{16}", re.ASCII)
# Unicode letters, numbers, and white space, and these symbols: _ . : / % & # = + \ - @
_NAME = re.compile(r"[\w\s.:/%&#=+\\\-@]+")
_ANNOTATION_KEY = re.compile(r"[A-Za-z0-9_.]{1,500}", re.ASCII)
_FLAGS = ("error", "fault", "throttle", "in_progress")
_OBJECTS = ("http", "aws", "sql", "metadata", "service")
_NAMESPACES = ("aws", "remote")


def reason_against(document: Any) -> str | None:
    """Why X-Ray would not take this document, naming the member; None when it would."""
    if not isinstance(document, Mapping):
        return "document: not a JSON object"
    if not _matches(_TRACE_ID, document.get("trace_id")):
        return f"trace_id: {_short(document.get('trace_id'))} is not 1-<8 hex digits>-<24 hex digits>"
    if document.get("type") not in (None, "subsegment"):
        return f"type: {_short(document['type'])} is not 'subsegment'"
    if document.get("type") == "subsegment" and "parent_id" not in document:
        return "parent_id: missing; a subsegment sent by itself names its parent"
    too_deep = f"document: nested more than {MAX_JSON_DEPTH} deep"
    return _reason(document, "", 0) or (too_deep if _is_deep(document) else None)


def _reason(document: Mapping[str, Any], at: str, depth: int) -> str | None:
    """What segments and subsegments have in common; `at` is the path to this one, for the message."""
    found = _identity(document) or _times(document) or _members(document) or _annotations(document)
    if found:
        return at + found
    children = document.get("subsegments", [])
    if not isinstance(children, list):
        return f"{at}subsegments: not a list"
    if depth == MAX_DEPTH:
        return f"{at}subsegments: nested more than {MAX_DEPTH} deep"
    for number, child in enumerate(children):
        inside = f"{at}subsegments[{number}]."
        if not isinstance(child, Mapping):
            return f"{inside[:-1]}: not an object"
        if found := _reason(child, inside, depth + 1):
            return found
    return None


def _identity(document: Mapping[str, Any]) -> str | None:
    name = document.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= MAX_NAME:
        return f"name: {_short(name)} is not a string of 1 to {MAX_NAME} characters"
    if not _NAME.fullmatch(name):
        return f"name: {_short(name)} has characters other than letters, digits, white space and _.:/%&#=+\\-@"
    for member in ("id", "parent_id"):
        if (member == "id" or member in document) and not _matches(_ID, document.get(member)):
            return f"{member}: {_short(document.get(member))} is not 16 hexadecimal digits"
    return None


def _times(document: Mapping[str, Any]) -> str | None:
    if not _is_time(document.get("start_time")):
        return f"start_time: {_short(document.get('start_time'))} is not a number of seconds"
    if document.get("in_progress") is True:
        return "end_time: present, but in_progress is true" if "end_time" in document else None
    if "end_time" not in document:
        return "end_time: missing, and in_progress is not true"
    if not _is_time(document["end_time"]):
        return f"end_time: {_short(document['end_time'])} is not a number of seconds"
    return "end_time: before start_time" if document["end_time"] < document["start_time"] else None


def _members(document: Mapping[str, Any]) -> str | None:
    for member in _FLAGS:
        if not isinstance(document.get(member, False), bool):
            return f"{member}: {_short(document[member])} is not a boolean"
    for member in _OBJECTS:
        if not isinstance(document.get(member, {}), Mapping):
            return f"{member}: not an object"
    if document.get("namespace", "aws") not in _NAMESPACES:
        return f"namespace: {_short(document['namespace'])} is neither 'aws' nor 'remote'"
    cause = document.get("cause", {})
    if not isinstance(cause, Mapping) and not _matches(_ID, cause):
        return "cause: neither an object nor the 16 hexadecimal digits of an exception id"
    user = document.get("user", "")
    if not isinstance(user, str) or len(user) > MAX_USER:
        return f"user: not a string of at most {MAX_USER} characters"
    return _http_status(document)


def _http_status(document: Mapping[str, Any]) -> str | None:
    for part in ("request", "response"):
        if not isinstance(document.get("http", {}).get(part, {}), Mapping):
            return f"http.{part}: not an object"
    status = document.get("http", {}).get("response", {}).get("status", 200)
    if isinstance(status, bool) or not isinstance(status, int):
        return f"http.response.status: {_short(status)} is not an integer"
    return None


def _annotations(document: Mapping[str, Any]) -> str | None:
    annotations = document.get("annotations", {})
    if not isinstance(annotations, Mapping):
        return "annotations: not an object"
    if len(annotations) > MAX_ANNOTATIONS:
        return f"annotations: {len(annotations)}, more than {MAX_ANNOTATIONS}"
    for key, value in annotations.items():
        if not _ANNOTATION_KEY.fullmatch(key):
            return f"annotations: the key {_short(key)} has characters other than letters, digits, _ and ."
        if not _is_annotation(value):
            return f"annotations.{key}: not a number, a boolean or a string of at most {MAX_ANNOTATION_TEXT} characters"
    return None


def _is_deep(document: Any) -> bool:
    level = [document]
    for _ in range(MAX_JSON_DEPTH):
        parts = [node.values() if isinstance(node, Mapping) else node for node in level]
        level = [child for children in parts for child in children if isinstance(child, Mapping | list)]
        if not level:
            return False
    return True


def _is_annotation(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_ANNOTATION_TEXT
    return isinstance(value, int | float) and abs(value) <= sys.float_info.max


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MAX_TIME


def _short(value: Any) -> str:
    return "missing" if value is None else repr(value)[:80]
