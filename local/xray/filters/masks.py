"""PURE: a filter expression, many traces as columns -> which of them meet it, just as matches() says one by one.

A mask has a byte for each trace, or for each work: 1 where it meets.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import compress
from operator import and_, or_
from typing import Any, TypeAlias, cast

from local.xray.columns import ANNOTATION, CAUSES, Block, Column, Kind
from local.xray.facts import RESOURCES
from local.xray.filters.expressions import All, Cause, Comparison, Edge, Either, Expression, Group, Not, Service
from local.xray.filters.matching import NamedFilter, causes, is_called
from local.xray.filters.values import CLIENT_TYPE, test_of
from local.xray.summary import seconds

Mask: TypeAlias = bytes

_Takes: TypeAlias = Callable[[Kind], bool]
_NO, _YES = b"\0", b"\1"
_INVERTED = bytes([1, 0]) + bytes(254)
_OF_KINDS: dict[str, Callable[[Kind], Any]] = {
    "ok": lambda kind: not (kind.error or kind.fault or kind.throttle),
    "error": lambda kind: kind.error,
    "fault": lambda kind: kind.fault,
    "throttle": lambda kind: kind.throttle,
    "partial": lambda kind: kind.is_partial if kind.is_visit else not kind.has_ended,
    "inferred": lambda kind: kind.is_inferred,
    "root": lambda kind: kind.is_root,
    "name": lambda kind: kind.target[0],
    "type": lambda kind: kind.target[1],
}
_ANYWHERE: dict[str, _Takes] = {
    "inferred": lambda kind: kind.is_inferred,
    "throttle": lambda kind: kind.throttle,
}


def meeting_traces(expression: Expression | None, block: Block, groups: Iterable[NamedFilter] = ()) -> Mask:
    """A byte a trace. An expression that is None takes every trace."""
    if expression is None:
        return _YES * len(block.durations)
    return _Traces(block, tuple(groups)).meeting(expression)


def meeting_works(selector: Service | Edge | None, block: Block) -> Mask:
    """A byte a work: the visits of a service, the passages of an edge; all passages where nothing is selected."""
    if selector is None:
        return _of_kinds(block, lambda kind: not kind.is_visit)
    takes: _Takes = _visits_of(selector) if isinstance(selector, Service) else _passages_of(selector)
    return _where(block, takes, selector.where)


def _visits_of(selector: Service) -> _Takes:
    return lambda kind: kind.is_visit and is_called(selector.of, *kind.target)


def _passages_of(selector: Edge) -> _Takes:
    """A call from outside comes from the client, as meeting_passages() says."""

    def takes(kind: Kind) -> bool:
        source = (kind.target[0], CLIENT_TYPE, None) if kind.source is None else kind.source
        return (
            not kind.is_visit and is_called(selector.destination, *kind.target) and is_called(selector.source, *source)
        )

    return takes


class _Traces:
    def __init__(self, block: Block, groups: tuple[NamedFilter, ...]) -> None:
        self._block = block
        self._groups = groups

    def meeting(self, expression: Expression) -> Mask:
        return _evaluate(expression, self._comparison, self._complex)

    def _comparison(self, wanted: Comparison) -> Mask:
        """What a keyword of a trace is about: see matching.py."""
        test = test_of(wanted)
        if wanted.keyword == "partial":
            return bytes(map(test, self._block.partial))
        if wanted.keyword == "duration":
            return bytes(length is not None and test(length) for length in self._block.durations)
        if wanted.keyword in _ANYWHERE:
            found = self._having(_of_kinds(self._block, _has(_ANYWHERE[wanted.keyword])))
            return found.translate(bytes([test(False), test(True)]) + bytes(254))
        is_anywhere = wanted.keyword == ANNOTATION or wanted.keyword in RESOURCES
        takes: _Takes = (lambda kind: kind.is_visit) if is_anywhere else (lambda kind: kind.is_entry)
        return self._having(_where(self._block, takes, wanted))

    def _complex(self, expression: Expression) -> Mask:
        if isinstance(expression, Service | Edge):
            return self._having(meeting_works(expression, self._block))
        if isinstance(expression, Cause):
            column = self._block.column(CAUSES[expression.of])
            if column is None:
                return _NO * len(self._block.durations)
            return _decoded(column, [any(causes(expression, paths) for paths in given) for given in column.values])
        return self._group(cast("Group", expression))

    def _group(self, wanted: Group) -> Mask:
        named = [group for group in self._groups if wanted.value == (group.name if wanted.by == "name" else group.arn)]
        others = tuple(group for group in self._groups if group not in named)
        nothing = _NO * len(self._block.durations)
        taken = _joined(or_, [nothing, *(meeting_traces(group.where, self._block, others) for group in named)])
        return taken if wanted.operator == "=" else taken.translate(_INVERTED)

    def _having(self, works: Mask) -> Mask:
        """The traces that have one of the works."""
        found = bytearray(len(self._block.durations))
        for trace in compress(self._block.works.traces, works):
            found[trace] = 1
        return bytes(found)


def _has(flag: _Takes) -> _Takes:
    return lambda kind: kind.is_visit and flag(kind)


def _where(block: Block, takes: _Takes, where: Expression | None) -> Mask:
    taken = _of_kinds(block, takes)
    if where is None or 1 not in taken:
        return taken
    return _joined(and_, [taken, _evaluate(where, lambda wanted: _comparison(block, takes, wanted), _never)])


def _comparison(block: Block, takes: _Takes, wanted: Comparison) -> Mask:
    """Of those of other kinds than what it takes, it says anything."""
    test, of_kind = test_of(wanted), _OF_KINDS.get(wanted.keyword)
    if of_kind is not None:
        return _of_kinds(block, lambda kind: (value := of_kind(kind)) is not None and test(value))
    if wanted.keyword in ("responsetime", "duration"):
        return _lengths(block, takes, test, is_to_last=wanted.keyword == "duration")
    column = block.column(wanted.keyword, wanted.key)
    if column is None:
        return _NO * len(block.works.traces)
    return _decoded(column, [any(map(test, values)) for values in column.values])


def _lengths(block: Block, takes: _Takes, test: Callable[[Any], bool], *, is_to_last: bool) -> Mask:
    """Of a call the duration is the response time."""
    found, works = [], block.works
    for kind, start, end in block.kinds:
        ends, is_known = works.ends, kind.has_ended
        if kind.is_visit and is_to_last:
            ends, is_known = works.lasts, kind.has_last
        if takes(kind) and is_known:
            pairs = zip(works.starts[start:end], ends[start:end], strict=True)
            found.append(bytes(test(seconds(last - first)) for first, last in pairs))
        else:
            found.append(_NO * (end - start))
    return b"".join(found)


def _of_kinds(block: Block, takes: _Takes) -> Mask:
    return b"".join([(_YES if takes(kind) else _NO) * (end - start) for kind, start, end in block.kinds])


def _evaluate(expression: Expression, leaf: Callable[[Comparison], Mask], rest: Callable[[Expression], Mask]) -> Mask:
    if isinstance(expression, Comparison):
        return leaf(expression)
    if isinstance(expression, Not):
        return _evaluate(expression.part, leaf, rest).translate(_INVERTED)
    if isinstance(expression, All | Either):
        parts = [_evaluate(part, leaf, rest) for part in expression.parts]
        return _joined(and_ if isinstance(expression, All) else or_, parts)
    return rest(expression)


def _never(expression: Expression) -> Mask:
    raise AssertionError(expression)  # the parser lets nothing complex into braces


def _joined(joint: Callable[[int, int], int], masks: Sequence[Mask]) -> Mask:
    """As numbers, which are joined many bytes at once."""
    return reduce(joint, (int.from_bytes(mask) for mask in masks)).to_bytes(len(masks[0]))


def _decoded(column: Column, meets: Sequence[bool]) -> Mask:
    table = bytes(meets)
    if isinstance(column.codes, bytes):
        return column.codes.translate(table.ljust(256, _NO))
    return bytes(map(table.__getitem__, column.codes))
