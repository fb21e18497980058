"""PURE: what a JSON value should be, as functions: (value, path) -> messages in CloudWatch's words."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Message:
    """`path` is a JSON pointer into the body. A warning leaves the dashboard good enough to be kept."""

    path: str
    text: str
    warning: bool = False


Check: TypeAlias = Callable[[Any, str], Iterator[Message]]


@dataclass(frozen=True, slots=True)
class Described:
    """A check, with the members that it knows."""

    check: Check
    members: Mapping[str, Check] = field(default_factory=dict)

    def __call__(self, value: Any, path: str) -> Iterator[Message]:
        return self.check(value, path)


def members_of(check: Check) -> Mapping[str, Check]:
    return check.members if isinstance(check, Described) else {}


def member_names(check: Check) -> Iterator[str]:
    """Of all that it knows, those within others after a dot: `yAxis`, `yAxis.left`, `yAxis.left.min`."""
    for name, member in members_of(check).items():
        yield name
        for inner in member_names(member):
            yield f"{name}.{inner}"


def string(
    *, choices: Sequence[str] | None = None, longest: int | None = None, pattern: re.Pattern[str] | None = None
) -> Check:
    def check(value: Any, path: str) -> Iterator[Message]:
        if not isinstance(value, str):
            yield Message(path, "Should be string")
        elif choices is not None and value not in choices:
            yield Message(path, f"Should be equal to one of the allowed values: {', '.join(choices)}")
        elif longest is not None and len(value) > longest:
            yield Message(path, f"Should NOT be longer than {longest} characters")
        elif pattern is not None and not pattern.fullmatch(value):
            yield Message(path, f'Should match pattern "^{pattern.pattern}$"')

    return check


def integer(*, least: int | None = None, most: int | None = None, multiple: int | None = None) -> Check:
    """JSON knows no integers: 5.0 is one, true is none."""

    def check(value: Any, path: str) -> Iterator[Message]:
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
            yield Message(path, "Should be integer")
        elif least is not None and value < least:
            yield Message(path, f"Should be >= {least}")
        elif most is not None and value > most:
            yield Message(path, f"Should be <= {most}")
        elif multiple is not None and value % multiple:
            yield Message(path, f"Should be multiple of {multiple}")

    return check


def number(value: Any, path: str) -> Iterator[Message]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Message(path, "Should be number")


def boolean(value: Any, path: str) -> Iterator[Message]:
    if not isinstance(value, bool):
        yield Message(path, "Should be boolean")


def array(item: Check, *, least: int = 0, most: int | None = None) -> Check:
    def check(value: Any, path: str) -> Iterator[Message]:
        if not isinstance(value, list):
            yield Message(path, "Should be array")
            return
        if len(value) < least:
            yield Message(path, f"Should NOT have less than {least} items")
        if most is not None and len(value) > most:
            yield Message(path, f"Should NOT have more than {most} items")
        for index, member in enumerate(value):
            yield from item(member, f"{path}/{index}")

    return Described(check, members_of(item))


def mapping(fields: Mapping[str, Check], *, required: Sequence[str] = (), closed: bool = False) -> Check:
    """A member that is not in `fields` is a warning; an error where the object is `closed`."""

    def check(value: Any, path: str) -> Iterator[Message]:
        if not isinstance(value, dict):
            yield Message(path, "Should be object")
            return
        for name in required:
            if name not in value:
                yield Message(path, f"Should have required property '{name}'")
        for name, member in value.items():
            below = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
            if name in fields:
                yield from fields[name](member, below)
            else:
                yield Message(below, "Should NOT have additional properties", warning=not closed)

    return Described(check, fields)
