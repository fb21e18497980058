"""PURE: a template's values as an API's shape wants them: `"5"` is a number where one is asked for.

CloudFormation converts so itself: a Ref of a parameter is text, whatever the property's type.
"""

from collections.abc import Mapping
from typing import Any

from botocore.model import Shape


def typed(value: Any, shape: Shape) -> Any:
    """What can't be converted stays as it is: the API's own check says what is wrong with it."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]
        return {key: typed(item, members[key]) if key in members else item for key, item in value.items()}
    if kind == "list" and isinstance(value, list):
        return [typed(item, shape.member) for item in value]  # type: ignore[attr-defined]
    if kind == "map" and isinstance(value, Mapping):
        return {key: typed(item, shape.value) for key, item in value.items()}  # type: ignore[attr-defined]
    return _scalar(value, kind)


def _scalar(value: Any, kind: str) -> Any:
    try:
        if kind in ("integer", "long") and not isinstance(value, bool):
            return int(value) if float(value).is_integer() else value
        if kind in ("double", "float") and not isinstance(value, bool):
            return float(value)
    except (TypeError, ValueError):
        return value
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value
