"""PURE: the traces that started within some seconds, as columns: what a filter asks and a graph adds up of all of them.

A `work` is a visit or a passage. Those of one `Kind` stand side by side, in the order of their traces, the latest
first. The values of a keyword are a column of their own, which is read where it is asked for. `values` has the
different ones, `codes` which of them each work has: 0 is none.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from local.xray.facts import CLIENT, HTTP, RESOURCES, Facts, Measured, Visit
from local.xray.packing import packed, unpacked
from local.xray.summary import seconds

Node: TypeAlias = tuple[str, str | None, str | None]  # name, type, account

WORKS = "works"  # the column that has the kinds, the times, and what is known of the whole of each trace
CAUSES = {"fault": "rootcause.fault", "error": "rootcause.error"}  # columns of traces, not of works
ANNOTATION = "annotation"
_KEYWORDS = {member: keyword for keyword, member in HTTP.items()}
_SMALL = 256  # codes that fit a byte
_SPARSE = 5  # where fewer than one of so many places has a code, those that have one are listed


class Kind(NamedTuple):
    """What works have in common. `source` is None of a visit, and of a passage from outside. `has_last` of a visit:
    whether something of it has ended.
    """

    is_visit: bool
    source: Node | None
    target: Node
    error: bool
    fault: bool
    throttle: bool
    has_ended: bool
    has_last: bool = False
    is_entry: bool = False
    is_root: bool = False
    is_inferred: bool = False
    is_partial: bool = False


def _array(code: str) -> Callable[[], "array[Any]"]:
    return lambda: array(code)


@dataclass(slots=True)
class Works:
    """Arrays side by side. `traces` are places of their traces, `slots` their own in these: visits, then passages.
    Seconds since the epoch; where nothing has ended `ends` and `lasts` have the start. `millis` is from start to end as
    histograms have it, and `last_millis` to the last.
    """

    traces: "array[int]" = field(default_factory=_array("I"))
    slots: "array[int]" = field(default_factory=_array("I"))
    starts: "array[float]" = field(default_factory=_array("d"))
    ends: "array[float]" = field(default_factory=_array("d"))
    lasts: "array[float]" = field(default_factory=_array("d"))
    millis: "array[int]" = field(default_factory=_array("q"))
    last_millis: "array[int]" = field(default_factory=_array("q"))

    def all(self) -> tuple["array[Any]", ...]:
        return self.traces, self.slots, self.starts, self.ends, self.lasts, self.millis, self.last_millis


@dataclass(frozen=True, slots=True)
class Column:
    values: list[list[Any]]
    codes: Sequence[int]


@dataclass(frozen=True)
class Block:
    """`start` is its bucket's; `read` gives a column's bytes by its name."""

    start: int
    read: Callable[[str], bytes | None]

    @cached_property
    def works(self) -> Works:
        return Works(*self._works[1])

    @cached_property
    def kinds(self) -> list[tuple[Kind, int, int]]:
        """Each with where in `works` those of it begin, and where they end."""
        found, start = [], 0
        for kind, count in self._works[0]["kinds"]:
            found.append((_kind(kind), start, start + count))
            start += count
        return found

    @cached_property
    def durations(self) -> list[float | None]:
        """Of each trace, seconds; None of one in progress."""
        found: list[float | None] = self._works[0]["durations"]
        return found

    @cached_property
    def partial(self) -> list[bool]:
        found: list[bool] = self._works[0]["partial"]
        return found

    def column(self, keyword: str, key: str = "") -> Column | None:
        """None where no work, or of CAUSES no trace, has a value. `key` is an annotation's."""
        columns, arrays = self._columns(keyword)
        if key not in columns:
            return None
        place, values, is_sparse = columns[key]
        codes = arrays[place + 1]
        if is_sparse:
            sparse, codes = codes, _zeros(codes.typecode, self._length(keyword))
            for work, code in zip(arrays[place], sparse, strict=True):
                codes[work] = code
        return Column(values, codes.tobytes() if codes.typecode == "B" else codes)

    def _length(self, keyword: str) -> int:
        return len(self.durations) if keyword in CAUSES.values() else len(self.works.traces)

    @cached_property
    def _works(self) -> Any:
        return unpacked(self.read(WORKS) or b"")

    @cached_property
    def _unpacked(self) -> dict[str, Any]:
        return {}

    def _columns(self, keyword: str) -> Any:
        found = self._unpacked.get(keyword)
        if found is None:
            data = self.read(keyword)
            found = self._unpacked[keyword] = ({}, []) if data is None else unpacked(data)
        return found


def _kind(given: list[Any]) -> Kind:
    is_visit, source, target, *flags = given
    return Kind(is_visit, None if source is None else tuple(source), tuple(target), *flags)


@dataclass(slots=True)
class _Values:
    """`given`: the kind, the place among its works, the code."""

    codes: dict[Any, int] = field(default_factory=dict)
    values: list[list[Any]] = field(default_factory=lambda: [[]])
    given: list[tuple[Kind | None, int, int]] = field(default_factory=list)

    def put(self, kind: Kind | None, place: int, identity: Any, values: list[Any]) -> None:
        """`identity` tells the values from others."""
        code = self.codes.get(identity)
        if code is None:
            code = self.codes[identity] = len(self.values)
            self.values.append(values)
        self.given.append((kind, place, code))

    def packed(self, offsets: Mapping[Kind | None, int], length: int) -> "tuple[array[int], array[int]]":
        """The places that have codes, and these; or nothing, and the codes of all places, where that is less."""
        code = "B" if len(self.values) <= _SMALL else "I"
        if len(self.given) * _SPARSE < length:
            places = array("I", [offsets[kind] + place for kind, place, _ in self.given])
            return places, array(code, [value for *_, value in self.given])
        codes = _zeros(code, length)
        for kind, place, value in self.given:
            codes[offsets[kind] + place] = value
        return array("I"), codes


class Pile:
    """Makes the columns of traces that are given one after the other, the latest first."""

    def __init__(self) -> None:
        self._durations: list[float | None] = []
        self._partial: list[bool] = []
        self._runs: defaultdict[Kind, Works] = defaultdict(Works)
        self._values: defaultdict[str, defaultdict[str, _Values]] = defaultdict(lambda: defaultdict(_Values))

    def add(self, facts: Facts) -> None:
        trace = len(self._durations)
        self._durations.append(None if facts["end"] is None else seconds(facts["end"] - facts["start"]))
        self._partial.append(facts["partial"])
        visits = facts["visits"]
        nodes: list[Node] = [(visit["name"], visit["type"], visit["account"]) for visit in visits]
        for slot, visit in enumerate(visits):
            self._visit(visit, trace, slot, nodes[slot], is_entry=slot == facts["entry"])
        for slot, passage in enumerate(facts["passages"], len(visits)):
            source = None if passage["source"] == CLIENT else nodes[passage["source"]]
            kind = Kind(False, source, nodes[passage["target"]], *_flags(passage))
            self._work(kind, passage, (trace, slot), passage["end"])
        for cause, paths in (("fault", facts["faults"]), ("error", facts["errors"])):
            if paths:
                self._values[CAUSES[cause]][""].put(None, trace, repr(paths), [paths])

    def packed(self) -> dict[str, bytes]:
        """Each column that has something, by its name."""
        offsets: dict[Kind | None, int] = {None: 0}
        whole = Works()
        for kind, works in self._runs.items():
            offsets[kind] = len(whole.traces)
            for own, more in zip(whole.all(), works.all(), strict=True):
                own.extend(more)
        kinds = [[kind, len(works.traces)] for kind, works in self._runs.items()]
        header = {"kinds": kinds, "durations": self._durations, "partial": self._partial}
        found = {WORKS: packed(header, whole.all())}
        for name, keyed in self._values.items():
            length = len(self._durations) if name in CAUSES.values() else len(whole.traces)
            columns: dict[str, list[Any]] = {}
            arrays: list[array[int]] = []
            for key, values in keyed.items():
                places, codes = values.packed(offsets, length)
                columns[key] = [len(arrays), values.values, len(places) > 0]
                arrays += [places, codes]
            found[name] = packed(columns, arrays)
        return found

    def _visit(self, visit: Visit, trace: int, slot: int, node: Node, *, is_entry: bool) -> None:
        own = (visit["last"] is not None, is_entry, visit["root"], visit["inferred"], visit["partial"])
        kind = Kind(True, None, node, *_flags(visit), *own)
        place = self._work(kind, visit, (trace, slot), visit["last"])
        for keyword, of in RESOURCES.items():
            value = of(visit)
            if value is not None:
                self._values[keyword][""].put(kind, place, value, [value])

    def _work(self, kind: Kind, work: Measured, where: tuple[int, int], last: float | None) -> int:
        """Its place among those of its kind."""
        run, start = self._runs[kind], work["start"]
        end = start if work["end"] is None else work["end"]
        last = start if last is None else last
        place = len(run.traces)
        run.traces.append(where[0])
        run.slots.append(where[1])
        run.starts.append(start)
        run.ends.append(end)
        run.lasts.append(last)
        run.millis.append(_millis(start, end))
        run.last_millis.append(_millis(start, last))
        for member, value in work["http"].items():
            self._values[_KEYWORDS[member]][""].put(kind, place, (type(value), value), [value])
        for key, values in work["annotations"].items():
            identity = tuple((type(value), value) for value in values)
            self._values[ANNOTATION][key].put(kind, place, identity, values)
        return place


def _millis(start: float, end: float) -> int:
    return round(round(end - start, 3) * 1000)


def _flags(work: Measured) -> tuple[bool, bool, bool, bool]:
    return work["error"], work["fault"], work["throttle"], work["end"] is not None


def _zeros(code: str, length: int) -> "array[int]":
    return array(code, bytes(length * array(code).itemsize))
