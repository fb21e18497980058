"""PURE: what of a span's attributes is said nowhere else -> `annotations` and `metadata`."""

import json
import re
from typing import Any

from local.xray.opentelemetry import semantics as names
from local.xray.opentelemetry.attributes import Attributes

_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9.]")
_DEFAULT = "default"


def indexed_and_not(left: Attributes, resource: Attributes) -> tuple[dict[str, Any], dict[str, Any]]:
    """`left` are the attributes without those of other blocks; `resource` those of the resource, for a segment.

    Annotations are the attributes whose names `aws.xray.annotations` lists. The rest is metadata: in the namespace
    that `aws.xray.metadata.<namespace>` says, with an object written as JSON in it, else in `default`.
    """
    listed = left.get(names.ANNOTATIONS)
    indexed = {key for key in listed if isinstance(key, str)} if isinstance(listed, list) else set()
    # What the list did not hold as a list is an attribute like any other.
    hidden = {names.USER, *([names.ANNOTATIONS] if isinstance(listed, list) else [])}
    every = {f"otel.resource.{key}": value for key, value in resource.items()}
    every |= {key: value for key, value in left.items() if key not in hidden}
    annotations: dict[str, Any] = {}
    metadata: dict[str, dict[str, Any]] = {}
    for key, value in every.items():
        if key in indexed and isinstance(value, str | int | float):
            annotations[_NOT_IN_KEYS.sub("_", key)] = value
        elif value is not None:
            namespace, members = _metadata(key, value)
            metadata.setdefault(namespace, {}).update(members)
    return annotations, metadata


def _metadata(key: str, value: Any) -> tuple[str, dict[str, Any]]:
    if key.startswith(names.METADATA) and isinstance(value, str):
        namespace = key.removeprefix(names.METADATA)
        try:
            members = json.loads(value)
        except (ValueError, RecursionError):
            return _DEFAULT, {key: value}
        if isinstance(members, dict):
            return (_DEFAULT if namespace.lower() == _DEFAULT else namespace), members
    return _DEFAULT, {key: value}
