"""PURE: the parameters that several operations take, checked as AWS checks them.

botocore checks types and least lengths; patterns, greatest lengths and ranges are checked here.
Source: the API reference of CloudWatch Logs.
"""

import re
from collections.abc import Mapping
from typing import Any

from local.cloudwatch.logs.texts import whole_text
from local.errors import AwsError

_GROUP = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}", re.ASCII)
_STREAM = re.compile(r"[^:*]{1,512}")
_ARN = re.compile(r"arn:[a-z-]+:logs:[a-z0-9-]+:(\d{12}):log-group:([^:]{1,512})(?::\*)?", re.ASCII)
MOST_TAGS = 50


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)


def not_found(what: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"The specified {what} does not exist.")


def group_name(parameters: Mapping[str, Any], key: str = "logGroupName") -> str:
    return _matching(_GROUP, parameters[key], key, "1 to 512 characters of a-z A-Z 0-9 . - _ / #")


def stream_name(parameters: Mapping[str, Any], key: str = "logStreamName") -> str:
    return _matching(_STREAM, parameters[key], key, "1 to 512 characters other than : and *")


def group_of(parameters: Mapping[str, Any]) -> str:
    """The group's name from logGroupName or logGroupIdentifier (a name or an ARN): exactly one is given."""
    if ("logGroupName" in parameters) == ("logGroupIdentifier" in parameters):
        raise invalid("Specify exactly one of logGroupName and logGroupIdentifier")
    if "logGroupName" in parameters:
        return group_name(parameters)
    return identified(parameters["logGroupIdentifier"])


def identified(identifier: str) -> str:
    """The name of the group that a name or an ARN means."""
    found = _ARN.fullmatch(identifier)
    return group_name({"identifier": found[2] if found else identifier}, "identifier")


def account_of(identifier: str) -> str | None:
    """Of an ARN; a name has none."""
    found = _ARN.fullmatch(identifier)
    return found[1] if found else None


def limit_of(parameters: Mapping[str, Any], most: int, default: int | None = None, key: str = "limit") -> int:
    limit: int = parameters.get(key, default or most)
    if not 1 <= limit <= most:
        raise invalid(f"{key} is {limit}; it has to be from 1 to {most}")
    return limit


def one_of(parameters: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    """The value of an enumeration; the first of those allowed is the default."""
    value: str = parameters.get(key, allowed[0])
    if value not in allowed:
        raise invalid(f"{key} is {value!r}; it has to be one of {', '.join(allowed)}")
    return value


def tags_of(parameters: Mapping[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = dict(parameters.get("tags", {}))
    if len(tags) > MOST_TAGS:
        raise AwsError("TooManyTagsException", f"{len(tags)} tags; a log group has at most {MOST_TAGS}")
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or len(value) > 256 or key.lower().startswith("aws:"):
            raise invalid(f"tag {key[:80]!r}: keys have 1 to 128 characters and no aws: in front, values at most 256")
    return tags


def refuse_broken_texts(key: str, value: Any) -> None:
    """JSON can spell half a character. No name has one, and SQLite takes none."""
    if isinstance(value, str):
        if whole_text(value) != value:
            raise invalid(f"{key} has half of a surrogate pair in it")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            refuse_broken_texts(key, name)
            refuse_broken_texts(key, inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            refuse_broken_texts(key, inner)


def group_arn(name: str, region: str, account_id: str) -> str:
    return f"arn:aws:logs:{region}:{account_id}:log-group:{name}"


def _matching(pattern: re.Pattern[str], value: str, key: str, right: str) -> str:
    if not pattern.fullmatch(value):
        raise invalid(f"{key} is {value[:80]!r}; it has to be {right}")
    return value
