"""PURE: what was asked for against what is there."""

from collections.abc import Iterator, Mapping
from typing import Any

from deployment.refused import NOT_KEPT
from deployment.values import text


def differences(kind: str, asked: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Where the resource is not as the template has it; a property that ministack does not keep is let be.

    Compared is what the reader reads of what was asked for; None stands for what is not there. A `NOT_KEPT` that was
    kept is told.
    """
    forgotten = {entry.name for entry in NOT_KEPT if entry.kind == kind}
    known = sorted(name for name in forgotten if found.get(name) is not None)
    kept = [f"{name} is kept by ministack: take it out of NOT_KEPT" for name in known]
    common = [name for name in asked if name in found and name not in forgotten]
    return kept + [line for name in common for line in _compare(asked[name], found[name], name)]


def _compare(asked: Any, found: Any, where: str) -> Iterator[str]:
    if isinstance(asked, dict) and isinstance(found, dict):
        for name in sorted(asked.keys() | found.keys()):
            yield from _compare(asked.get(name), found.get(name), f"{where}.{name}")
    elif isinstance(asked, list) and isinstance(found, list) and len(asked) == len(found):
        for at, (one, other) in enumerate(zip(asked, found, strict=True)):
            yield from _compare(one, other, f"{where}[{at}]")
    elif _plain(asked) != _plain(found):
        yield f"{where} is {found!r}, not {asked!r}"


def _plain(value: Any) -> Any:
    """Scalars as one kind: a template's "512", 512 and 512.0 are the same, and so are "true" and True."""
    if isinstance(value, dict | list) or value is None:
        return value
    try:
        return float(text(value))
    except ValueError:
        return text(value)
