"""PURE: a filter expression -> SQL over `xray_found` that every trace that meets it meets, and few others.

matches() decides; this only spares it the traces that cannot. Each part has two bounds: one that is met by all that
meet the part, and one that is met by none other. NOT swaps them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from local.xray.facts import RESOURCES
from local.xray.filters.expressions import (
    All,
    Cause,
    Comparison,
    Edge,
    Either,
    Expression,
    Group,
    Not,
    Service,
    ServiceName,
)
from local.xray.filters.matching import NamedFilter
from local.xray.filters.values import CLIENT_TYPE
from local.xray.index import ALWAYS, Condition, is_plain, number_place, number_word, presence_word

MAX_LEAVES = 200  # ours: SQLite nests no deeper than 1000; what has more parts is asked of each trace
_FLAGS = frozenset({"ok", "error", "fault", "throttle", "partial", "inferred"})
_NUMBERS = {"responsetime": "responsetime", "duration": "duration", "http.status": "status"}
_TEXTS = {
    "contains": "instr({value}, {text})",
    "beginswith": "substr({value}, 1, length({text})) = {text}",
    "endswith": "length({text}) = 0 OR substr({value}, -length({text})) = {text}",
}
_REQUEST = {"http.url": "url", "http.method": "method", "http.useragent": "agent", "http.clientip": "address"}
_ANYWHERE = {"fault": "failed", "error": "erred"}
_MOST = {"responsetime": "longest", "duration": "longest", "http.status": "highest"}
_KEY = re.compile(r"[A-Za-z0-9_.]+", re.ASCII)
_TRUE, _FALSE = "1", "0"


class _TooLarge(Exception):
    """More than MAX_LEAVES."""


def bound(expression: Expression | None, groups: Sequence[NamedFilter] = ()) -> Condition:
    """What is met by every trace that meets the expression. Parameters' names begin with `f`, ..."""
    return _compiled(expression, groups, outer=True)


def sure(expression: Expression | None, groups: Sequence[NamedFilter] = ()) -> Condition:
    """What is met by no trace that does not meet the expression. ... and here with `s`: both fit in one statement."""
    return _compiled(expression, groups, outer=False)


def _compiled(expression: Expression | None, groups: Sequence[NamedFilter], *, outer: bool) -> Condition:
    if expression is None:
        return ALWAYS
    compiler = _Compiler("f" if outer else "s")
    try:
        return compiler.bound(expression, tuple(groups), outer=outer), compiler.parameters
    except _TooLarge:
        return (_TRUE if outer else _FALSE), {}


class _Compiler:
    def __init__(self, letter: str) -> None:
        self._letter = letter
        self.parameters: dict[str, Any] = {}
        self._leaves = 0

    def bound(self, expression: Expression, groups: tuple[NamedFilter, ...], *, outer: bool) -> str:
        """`outer`: met by all that meet it; else by none other."""
        if isinstance(expression, Not):
            return f"NOT ({self.bound(expression.part, groups, outer=not outer)})"
        if isinstance(expression, All | Either):
            joint = " AND " if isinstance(expression, All) else " OR "
            return joint.join(f"({self.bound(part, groups, outer=outer)})" for part in expression.parts)
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            raise _TooLarge
        if isinstance(expression, Group):
            return self._group(expression, groups, outer=outer)
        if isinstance(expression, Comparison):
            return self._comparison(expression, outer=outer)
        if isinstance(expression, Cause):
            return ("failed" if expression.of == "fault" else "erred") if outer else _FALSE
        return self._passed(expression, outer=outer)

    def _group(self, wanted: Group, groups: tuple[NamedFilter, ...], *, outer: bool) -> str:
        named = [group for group in groups if wanted.value == (group.name if wanted.by == "name" else group.arn)]
        others = tuple(group for group in groups if group not in named)
        side = outer if wanted.operator == "=" else not outer
        taken = [_TRUE if one.where is None else self.bound(one.where, others, outer=side) for one in named]
        found = " OR ".join(f"({each})" for each in taken) or _FALSE
        return found if wanted.operator == "=" else f"NOT ({found})"

    def _comparison(self, wanted: Comparison, *, outer: bool) -> str:
        if wanted.keyword in _FLAGS:
            return self._compare(wanted.keyword, wanted) if wanted.operator else f"coalesce({wanted.keyword}, 0)"
        if wanted.keyword in _NUMBERS:
            column = _NUMBERS[wanted.keyword]
            return _with_odd(self._compare(column, wanted) if wanted.operator else f"{column} IS NOT NULL", outer=outer)
        if isinstance(wanted.value, str) and not is_plain(wanted.value):
            return _TRUE if outer else _FALSE
        if wanted.keyword in _REQUEST:
            return _with_odd(self._text(_REQUEST[wanted.keyword], wanted), outer=outer)
        return self._annotation(wanted, outer=outer)

    def _text(self, column: str, wanted: Comparison) -> str:
        if not wanted.operator:
            return f"{column} IS NOT NULL"
        compared = _TEXTS.get(wanted.operator, "{value} {operator} {text}")
        text = self._given(wanted.value)
        return f"({column} IS NOT NULL AND ({compared.format(value=column, operator=wanted.operator, text=text)}))"

    def _annotation(self, wanted: Comparison, *, outer: bool) -> str:
        """Also one of RESOURCES. An annotation that is equal is among the words, which are faster to look into."""
        if wanted.keyword in RESOURCES:
            key = presence_word(wanted.keyword)
        elif _KEY.fullmatch(wanted.key):
            key = wanted.key
        else:
            return _with_odd(_FALSE, outer=outer)  # no annotation has it
        parts = [self._is_word(_line(key))]
        if wanted.keyword == "annotation" and wanted.operator == "=" and not isinstance(wanted.value, bool):
            word = wanted.value if isinstance(wanted.value, str) else number_word(wanted.value)
            parts.append(self._is_word(_line(word)))
        path = self._given(f'$."{key}"')
        value = self._one_value(wanted)
        parts.append(f"EXISTS (SELECT 1 FROM json_each(annotations, {path}) WHERE {value})")  # noqa: S608 - of texts of ours
        return _with_odd(f"({' AND '.join(parts)})", outer=outer)

    def _one_value(self, wanted: Comparison) -> str:
        """Only values of one kind compare."""
        if not wanted.operator:
            return "type != 'false'"
        if isinstance(wanted.value, bool):
            return f"type = '{'true' if wanted.value is (wanted.operator == '=') else 'false'}'"
        if not isinstance(wanted.value, str):
            return f"type = 'integer' AND value {wanted.operator} {self._given(number_place(wanted.value))}"
        text = self._given(wanted.value)
        compared = _TEXTS.get(wanted.operator, "{value} {operator} {text}")
        return f"type = 'text' AND ({compared.format(value='value', operator=wanted.operator, text=text)})"

    def _is_word(self, word: str) -> str:
        return f"instr(words, {self._given(word)})"

    def _passed(self, wanted: Service | Edge, *, outer: bool) -> str:
        """The services are there; what was asked of them is left to matches(), but for a failure anywhere."""
        names = [wanted.of] if isinstance(wanted, Service) else [wanted.destination]
        if isinstance(wanted, Edge) and wanted.source.type != CLIENT_TYPE:
            names.append(wanted.source)
        is_exact = isinstance(wanted, Service) and wanted.where is None
        if not outer and not is_exact:
            return _FALSE
        if not all(is_plain(part) for name in names for part in (name.name, name.type, name.account) if part):
            return _TRUE if outer else _FALSE
        there = " AND ".join(self._is_there(name) for name in names)
        return " AND ".join([_with_odd(there, outer=outer), *self._implied(wanted)])

    def _implied(self, wanted: Service | Edge) -> Iterator[str]:
        """What must have happened somewhere in the trace for `where` to hold in one place."""
        parts = wanted.where.parts if isinstance(wanted.where, All) else (wanted.where,)
        for part in parts:
            if not isinstance(part, Comparison):
                continue
            if part.keyword in _ANYWHERE and (not part.operator or (part.operator, part.value) == ("=", True)):
                yield _ANYWHERE[part.keyword]
            elif part.keyword in _MOST and part.operator in ("=", ">", ">="):
                operator = ">" if part.operator == ">" else ">="
                yield f"(odd OR coalesce({_MOST[part.keyword]} {operator} {self._given(part.value)}, 0))"
            elif part.keyword == "annotation" and isinstance(wanted, Service):
                yield self._comparison(part, outer=True)  # a call may have some that the trace is not found by

    def _is_there(self, name: ServiceName) -> str:
        parts = [
            f"json_extract(member.value, '$[{place}]') = {self._given(value)}"
            for place, value in enumerate((name.name, name.type, name.account))
            if value is not None
        ]
        where = " AND ".join(parts) or _TRUE
        kept = "SELECT kept.id FROM xray_services AS kept, json_each(kept.members) AS member"
        return f"services IN ({kept} WHERE {where})"

    def _compare(self, column: str, wanted: Comparison) -> str:
        return f"coalesce({column} {wanted.operator} {self._given(wanted.value)}, 0)"

    def _given(self, value: Any) -> str:
        name = f"{self._letter}{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"


def _line(word: str) -> str:
    return f"\n{word}\n"


def _with_odd(condition: str, *, outer: bool) -> str:
    return f"(odd OR {condition})" if outer else f"(NOT odd AND {condition})"
