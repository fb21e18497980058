"""PURE: the axes of a sweep, from text to the configurations in the order in which they are measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from load_tests.errors import SettingError
from load_tests.observation import Configuration

LEAST_MB, MOST_MB = 128, 10_240  # AWS page "Lambda quotas"
LEAST_S, MOST_S = 1, 900


@dataclass(frozen=True, slots=True)
class Axes:
    """Memory sizes in MB, timeouts in seconds, concurrencies; an empty axis leaves the function as it is found."""

    memory_mb: tuple[int, ...] = ()
    timeout_s: tuple[int, ...] = ()
    reserved: tuple[int, ...] = ()
    provisioned: tuple[int, ...] = ()

    def configurations(self, found: Configuration) -> list[Configuration]:
        """`found` stands in for the empty axes. Raises SettingError where no configuration is possible."""
        every = [
            Configuration(memory, timeout, reserved, provisioned)
            for memory, reserved, provisioned, timeout in product(
                self.memory_mb or (found.memory_mb,),
                self.reserved or (None,),
                self.provisioned or (None,),
                self.timeout_s or (found.timeout_s,),
            )
        ]
        possible = [one for one in every if not _exceeds(one, found)]
        if not possible:
            raise SettingError(
                f"--provisioned {_text(self.provisioned)} is more than reserved concurrency leaves: "
                f"{_text(self.reserved) or found.reserved}; Lambda refuses that"
            )
        return possible


def memory_axis(text: str) -> tuple[int, ...]:
    return _axis("--memory", text, lambda size: LEAST_MB <= size <= MOST_MB, f"MB, {LEAST_MB} to {MOST_MB}")


def timeout_axis(text: str) -> tuple[int, ...]:
    return _axis("--timeout", text, lambda seconds: LEAST_S <= seconds <= MOST_S, f"seconds, {LEAST_S} to {MOST_S}")


def reserved_axis(text: str) -> tuple[int, ...]:
    return _axis("--reserved", text, lambda count: count >= 1, "sandboxes, 1 or more: 0 throttles every request")


def provisioned_axis(text: str) -> tuple[int, ...]:
    return _axis("--provisioned", text, lambda count: count >= 0, "sandboxes, 0 for none")


def _axis(option: str, text: str, is_right: Callable[[int], bool], right: str) -> tuple[int, ...]:
    """Whole numbers parted by commas. Raises SettingError."""
    values = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if not (part.isascii() and part.isdecimal() and len(part) < 10 and is_right(int(part))):
            raise SettingError(f"{option} {text!r}: {part!r} is not right; give {right}, parted by commas")
        if int(part) in values:
            raise SettingError(f"{option} {text!r}: {part} stands there twice")
        values.append(int(part))
    return tuple(values)


def _exceeds(one: Configuration, found: Configuration) -> bool:
    reserved = found.reserved if one.reserved is None else one.reserved
    return bool(one.provisioned) and reserved is not None and (one.provisioned or 0) > reserved


def _text(values: Sequence[int]) -> str:
    return ",".join(map(str, values))
