"""PURE: a metric widget's `metrics` array -> its entries, with the shorthand written out.

Source: AWS page "Dashboard body structure and syntax", "Metric widget: format for each metric in the array". The
shorthand "..." (all fields of the metric before, up to those that follow it) is the console's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.errors import LocalError


class NotDrawable(LocalError):
    """What a widget asks for is wrong or can't be drawn here: said in the widget's place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One metric, or one expression (then `fields` is empty). `options` are its rendering properties."""

    fields: tuple[str, ...]
    options: Mapping[str, Any]

    @property
    def expression(self) -> str | None:
        return None if self.fields else str(self.options["expression"])

    @property
    def is_visible(self) -> bool:
        return self.options.get("visible", True) is not False

    @property
    def namespace(self) -> str:
        return self.fields[0]

    @property
    def name(self) -> str:
        return self.fields[1]

    @property
    def dimensions(self) -> dict[str, str]:
        return dict(zip(self.fields[2::2], self.fields[3::2], strict=True))


def read_entries(metrics: Sequence[Any]) -> list[Entry]:
    """Raises NotDrawable naming the entry that is wrong."""
    return list(_entries(metrics))


def _entries(metrics: Sequence[Any]) -> Iterator[Entry]:
    previous: tuple[str, ...] = ()
    for index, given in enumerate(metrics):
        where = f"metrics[{index}]"
        if not isinstance(given, Sequence) or isinstance(given, str) or not given:
            raise NotDrawable(f"{where} is {given!r}: it takes an array of a namespace, a name and dimensions")
        options = given[-1] if isinstance(given[-1], Mapping) else {}
        fields = list(given[:-1] if options or isinstance(given[-1], Mapping) else given)
        if not fields:
            if "expression" not in options:
                raise NotDrawable(f"{where} names neither a metric nor an expression")
            yield Entry((), options)
            continue
        previous = _expanded([str(field) for field in fields], previous, where)
        yield Entry(previous, options)


def _expanded(fields: Sequence[str], previous: tuple[str, ...], where: str) -> tuple[str, ...]:
    if fields[0] == "...":
        rest = tuple(fields[1:])
        if len(rest) > len(previous):
            raise NotDrawable(f'{where}: "..." repeats the metric before, which has only {len(previous)} fields')
        fields = [*previous[: len(previous) - len(rest)], *rest]
    expanded = []
    for position, field in enumerate(fields):
        if field == "." and position >= len(previous):
            raise NotDrawable(f'{where}: "." repeats a field of the metric before, which has only {len(previous)}')
        expanded.append(previous[position] if field == "." else field)
    if len(expanded) < 2 or len(expanded) % 2:
        raise NotDrawable(f"{where} is {list(fields)!r}: a namespace, a name, then dimensions in pairs")
    return tuple(expanded)
