"""Splits what is too much for one EMF event into parts that aren't, losing nothing. PURE.

EMF: a directive takes 100 metrics, a metric 100 values, an event 1 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from observability.json_text import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observability.catalogue import Metric

MOST_BYTES = 1_000_000
"""EMF allows 1 MB an event."""
_MOST_METRICS = 85
"""EMF takes 100; the library's own, at most 11, are among them."""
_MOST_VALUES = 100
_FIELD_BYTES = 300_000
"""The request's own fields in one part; the members beside them take up to 200 kB, the metrics up to 250 kB."""
_FIELD_CHARACTERS = 50_000
"""Of one value in one part; each may take 6 bytes."""


class Part(NamedTuple):
    """The request's own fields, and the service's metrics with their values."""

    fields: dict[str, Any]
    metrics: list[tuple[Metric, list[float]]]


def fits(whole: Part) -> bool:
    """Whether the numbers of metrics and values are within the limits (the size shows once it is encoded)."""
    metrics = whole.metrics
    return not metrics or (len(metrics) <= _MOST_METRICS and max(len(values) for _, values in metrics) <= _MOST_VALUES)


def split(whole: Part) -> list[Part]:
    """Parts that each keep the limits. A value too long for one part goes on in the next, under the same name."""
    fields = list(_split_fields(whole.fields))
    metrics = list(_split_metrics(whole.metrics))
    return [
        Part(fields[n] if n < len(fields) else {}, metrics[n] if n < len(metrics) else [])
        for n in range(max(len(fields), len(metrics), 1))
    ]


def _split_metrics(metrics: list[tuple[Metric, list[float]]]) -> Iterator[list[tuple[Metric, list[float]]]]:
    """Rounds of at most 100 values each, every round in pages of at most 90 metrics."""
    longest = max((len(values) for _, values in metrics), default=0)
    for start in range(0, longest, _MOST_VALUES):
        rest = [(metric, values[start : start + _MOST_VALUES]) for metric, values in metrics if len(values) > start]
        for page in range(0, len(rest), _MOST_METRICS):
            yield rest[page : page + _MOST_METRICS]


def _split_fields(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    page: dict[str, Any] = {}
    filled = 0
    for name, value in fields.items():
        for piece in _pieces(value):
            size = len(name) * 6 + len(encode(piece)[0])
            if page and (filled + size > _FIELD_BYTES or name in page):
                yield page
                page, filled = {}, 0
            page[name] = piece
            filled += size
    if page:
        yield page


def _pieces(value: Any) -> Iterator[Any]:
    """The value whole if it is short; else pieces of it, or of its JSON text."""
    text = encode(value)[0]
    if len(text) <= _FIELD_BYTES:
        yield value
        return
    cut = value if isinstance(value, str) else text
    for start in range(0, len(cut), _FIELD_CHARACTERS):
        yield cut[start : start + _FIELD_CHARACTERS]
