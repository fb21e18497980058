"""Keeps the values of dimensions few, and such as CloudWatch takes: every new one is a new, billed metric.

CloudWatch API reference, Dimension: 1 to 1,024 printable ASCII characters, at least one of them no space.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from observability.catalogue import DIMENSION_SETS, LINE_DIMENSIONS, MISSING, OTHER, UNMATCHED

if TYPE_CHECKING:
    from observability.record import Record

_LONGEST = 1024
_ALWAYS = frozenset({MISSING, OTHER, UNMATCHED})
"""Values of ours, which take no place."""


class Dimensions:
    """The values met by one process: at most `most` of each dimension; any further one is (other)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._met: dict[str, set[str]] = {}

    def settle(self, record: Record) -> None:
        """Gives the finished record the values that its dimensions may have. What a field of the request was before
        is kept under fields.<name>.
        """
        record.route_dimension = self._bounded("route", record.route)
        if not record.has_more():
            return
        for metric in [*(one for one, _ in record.metrics.values()), *(one for one, _ in record.counts.values())]:
            if metric.dimensions is not DIMENSION_SETS:
                for name in {name for names in metric.dimensions for name in names} - LINE_DIMENSIONS:
                    self._settle_field(record, name)

    def _settle_field(self, record: Record, name: str) -> None:
        before = record.fields.get(name)
        after = MISSING if before is None else self._bounded(name, _text(before))
        if after != before:
            record.fields[name] = after
            if before is not None:
                record.fields[f"fields.{name}"] = before

    def _bounded(self, name: str, value: str) -> str:
        met = self._met.setdefault(name, set())
        if value in met or value in _ALWAYS:
            return value
        if len(met) >= self._most:
            return OTHER
        value = dimension_value(value)
        met.add(value)
        return value


def dimension_value(text: str) -> str:
    """The text as a dimension may be: other characters escaped, cut to 1,024."""
    if not text.isascii() or not text.isprintable():
        text = text.encode("ascii", "backslashreplace").decode()
        text = "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text)
    return text[:_LONGEST] if text.strip() else MISSING


def _text(value: object) -> str:
    try:
        return value if type(value) is str else str(value)
    except Exception:  # noqa: BLE001 (a value's own __str__ may raise anything: it has no name then)
        return MISSING
