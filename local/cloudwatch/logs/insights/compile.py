"""PURE: a query -> one SELECT over the events of some groups in a range of time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local.cloudwatch.logs.errors import QueryError
from local.cloudwatch.logs.insights.compile_expression import ExpressionCompiler, Row, StatsCompiler
from local.cloudwatch.logs.insights.fields import SYSTEM
from local.cloudwatch.logs.insights.fragments import NUMERIC, Fragment, as_condition, as_number, as_text
from local.cloudwatch.logs.insights.functions import Kind
from local.cloudwatch.logs.insights.parameters import Parameters
from local.cloudwatch.logs.insights.stage import OrderKey, Stage
from local.cloudwatch.logs.insights.syntax import (
    Column,
    Command,
    Dedup,
    Display,
    Fields,
    Filter,
    Limit,
    Name,
    Parse,
    Query,
    Sort,
    Stats,
    Unnest,
)
from local.cloudwatch.logs.regexes import Regex
from local.cloudwatch.logs.schema import first_id

DEFAULT_LIMIT = 10_000
DEFAULT_SHOWN = ("@timestamp", "@message")


@dataclass(frozen=True)
class Scope:
    """What a query is about: groups by their ids, the milliseconds from `start_ms` to `end_ms`, both included."""

    group_ids: Sequence[int]
    start_ms: int
    end_ms: int
    account_id: str
    now_s: int
    limit: int | None


@dataclass(frozen=True)
class Plan:
    """`sql` gives `columns`; @ptr is the last where `are_events`.

    `matched_sql` counts the events that passed the filters; None where stats does (insights_matched has the size of
    each group), or none filters. It is the number of rows, if they are fewer than `limit` and `is_whole`: nothing but
    filters took any away. `length` is that of the query's text.
    """

    sql: str
    matched_sql: str | None
    scanned_sql: str
    columns: Sequence[tuple[str, Kind]]
    limit: int
    are_events: bool
    is_whole: bool
    length: int
    parameters: Parameters


def compile_query(query: Query, scope: Scope) -> Plan:
    """Raises QueryError, QueryNotSupported."""
    return _Compiler(query, scope).plan()


class _Compiler:
    def __init__(self, query: Query, scope: Scope) -> None:
        self._query = query
        self._scope = scope
        self._parameters = Parameters(scope.account_id, scope.now_s)
        self._range = self._event_range()
        self._stage = Stage("log_events AS e", where=self._range)
        self._display: Display | None = None
        self._matched: Stage | None = None

    def plan(self) -> Plan:
        for command in self._query.commands:
            self._apply(command)
        columns = self._columns()
        stage = self._stage
        if stage.are_events:
            columns.append(("@ptr", SYSTEM["@ptr"]))
        selected = [f"{value.sql} AS r{number}" for number, (_, value) in enumerate(columns)]
        limits = [limit for limit in (stage.limit, self._scope.limit) if limit is not None]
        limit = min(limits, default=DEFAULT_LIMIT)
        sql = f"SELECT {', '.join(selected)}{stage.tail}{stage.order_by} LIMIT {limit}"
        return Plan(
            sql,
            self._matched_sql(),
            f"SELECT count(*), coalesce(sum(e.size), 0) FROM log_events AS e WHERE {' AND '.join(self._range)}",  # noqa: S608
            [(name, value.kind) for name, value in columns],
            limit,
            stage.are_events,
            self._matched is None,
            len(self._query.text),
            self._parameters,
        )

    def _event_range(self) -> tuple[str, ...]:
        bind = self._parameters.bind
        start, end = bind(first_id(self._scope.start_ms)), bind(first_id(self._scope.end_ms + 1))
        groups = self._parameters.bind_all(self._scope.group_ids)
        return f"e.id >= {start}", f"e.id < {end}", f"e.group_id IN ({groups})"

    def _matched_sql(self) -> str | None:
        if any(isinstance(command, Stats) for command in self._query.commands):
            return None
        matched = self._matched or self._stage
        return f"SELECT count(*){matched.tail}" if matched.where != self._range else None

    def _apply(self, command: Command) -> None:
        if self._stage.limit is not None and isinstance(command, Filter | Stats | Sort | Dedup | Unnest):
            self._wrap_limited()
        appliers: dict[type[Command], Callable[[Any], None]] = {
            Fields: self._fields,
            Display: self._show,
            Filter: self._filter,
            Stats: self._stats,
            Sort: self._sort,
            Limit: self._limit,
            Dedup: self._dedup,
            Parse: self._parse,
            Unnest: self._unnest,
        }
        appliers[type(command)](command)

    def _compiler(self) -> ExpressionCompiler:
        return ExpressionCompiler(self._parameters, self._query.text, self._stage)

    def _wrap_limited(self) -> None:
        self._matched = self._matched or self._stage
        self._stage = self._stage.wrapped()

    def _fields(self, command: Fields) -> None:
        for column in command.columns:
            self._name(column)
        self._stage = self._stage.showing(column.name for column in command.columns)

    def _show(self, command: Display) -> None:
        self._display = command
        for column in command.columns:
            self._name(column)

    def _filter(self, command: Filter) -> None:
        condition = self._compiler().compile(command.condition)
        self._stage = self._stage.filtered(as_condition(condition))

    def _limit(self, command: Limit) -> None:
        limit = self._stage.limit
        self._stage = replace(self._stage, limit=command.count if limit is None else min(limit, command.count))

    def _name(self, column: Column) -> None:
        """Gives a column's value its name. A plain field of the events has its own."""
        compiler = self._compiler()
        value = compiler.compile(column.expression)
        if column.aliased or not isinstance(column.expression, Name) or compiler.made(column.expression):
            self._stage = self._stage.named(column.name, value)

    def _stats(self, command: Stats) -> None:
        row = Row()
        keys = [(column.name, row.column(self._compiler().compile(column.expression))) for column in command.by]
        stats = StatsCompiler(self._parameters, self._query.text, self._stage, row)
        values = [(column.name, stats.compile(column.expression)) for column in command.columns]
        columns = ", ".join(f"{value.sql} AS c{number}" for number, (_, value) in enumerate([*keys, *values]))
        groups = f" GROUP BY {', '.join(str(number + 1) for number in range(len(keys)))}" if keys else ""
        counted = "insights_matched(count(*))" if self._stage.are_events else "count(*) > 0"
        select = f"SELECT {columns} FROM {row.source(self._stage)}{groups or ' GROUP BY NULL'} HAVING {counted}"  # noqa: S608
        names = {name: Fragment(f"e.c{n}", value.kind) for n, (name, value) in enumerate([*keys, *values])}
        if len(names) < len(keys) + len(values):
            raise QueryError("two columns have the same name", command.start, command.end)
        self._stage = Stage(f"({select}) AS e", names=names, shown=tuple(names), are_events=False)
        self._display = None

    def _sort(self, command: Sort) -> None:
        keys: list[OrderKey] = []
        for expression, descending in command.keys:
            value = self._compiler().compile(expression)
            if value == SYSTEM["@timestamp"]:
                keys.append(OrderKey("e.id", descending))  # the same order, and the table's own
            elif value.kind in NUMERIC:
                keys.append(OrderKey(value.sql, descending))
            else:
                # "All non-number values come before all number values."
                keys.append(OrderKey(f"({as_number(value)})", descending))
                keys.append(OrderKey(f"({as_text(value)})", descending, natural=True))
        self._stage = replace(self._stage, order=tuple(keys))

    def _dedup(self, command: Dedup) -> None:
        keys = [self._compiler().compile(key).sql for key in command.keys]
        place = f", row_number() OVER (PARTITION BY {', '.join(keys)}{self._stage.order_by}) AS place"
        # "Null values are not considered duplicates."
        missing = f", ({' OR '.join(f'{key} IS NULL' for key in keys)}) AS incomplete"
        self._matched = self._matched or self._stage
        self._stage = self._stage.wrapped(place + missing).filtered("(e.place = 1 OR e.incomplete)")

    def _parse(self, command: Parse) -> None:
        text = as_text(self._compiler().compile(command.value))
        if isinstance(command.how, Regex):
            call = f"insights_group({self._parameters.regex(command.how)}, {text}, {{}})"
        else:
            call = f"insights_glob({self._parameters.glob(command.how)}, {text}, {{}})"
        for number, name in enumerate(command.names):
            self._stage = self._stage.named(name, Fragment(call.format(number), Kind.ANY))
            if isinstance(command.how, Regex) and not name.startswith("@"):
                # The page's example refers to the group user2 as @user2.
                self._stage = self._stage.named(f"@{name}", Fragment(call.format(number), Kind.ANY))
        self._stage = self._stage.cutting_out(command.names)

    def _unnest(self, command: Unnest) -> None:
        value = self._compiler().compile(command.value)
        listed = f"CASE WHEN json_valid({value.sql}) AND json_type({value.sql}) = 'array' THEN {value.sql} "
        listed += f"WHEN json_valid({value.sql}) THEN json_array(json({value.sql})) ELSE json_array({value.sql}) END"
        self._stage = self._stage.wrapped(", j.value AS item", f", json_each({listed}) AS j")
        self._stage = self._stage.named(command.name, Fragment("e.item", Kind.ANY)).cutting_out([command.name])

    def _columns(self) -> list[tuple[str, Fragment]]:
        if self._display is not None:
            names = [column.name for column in self._display.columns]
        else:
            names = list(dict.fromkeys([*(self._stage.shown or DEFAULT_SHOWN), *self._stage.cut_out]))
        compiler = self._compiler()
        return [(name, self._stage.names.get(name) or compiler.field(name)) for name in names if name != "@ptr"]
