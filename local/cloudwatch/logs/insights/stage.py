"""PURE: the rows that a query has got to after some of its commands, as the parts of a SELECT."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from local.cloudwatch.logs.insights.fields import COLUMNS
from local.cloudwatch.logs.insights.fragments import Fragment


@dataclass(frozen=True)
class OrderKey:
    sql: str
    descending: bool
    natural: bool = False  # texts in the order of the AWS page "sort"

    @property
    def clause(self) -> str:
        collation = " COLLATE insights_natural" if self.natural else ""
        return f"{self.sql}{collation}{' DESC' if self.descending else ''}"


@dataclass(frozen=True)
class Stage:
    """`source` is called `e`. `names` are what the query itself has made; `shown` are the columns of the result when
    there is no display, `cut_out` those of parse and unnest, which follow them. `are_events` is false once stats has
    made groups of them.
    """

    source: str
    where: tuple[str, ...] = ()
    order: tuple[OrderKey, ...] = ()
    limit: int | None = None
    names: dict[str, Fragment] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    cut_out: tuple[str, ...] = ()
    are_events: bool = True

    def named(self, name: str, value: Fragment) -> "Stage":
        return replace(self, names={**self.names, name: value})

    def showing(self, names: Iterable[str]) -> "Stage":
        return replace(self, shown=tuple(dict.fromkeys([*self.shown, *names])))

    def cutting_out(self, names: Iterable[str]) -> "Stage":
        return replace(self, cut_out=tuple(dict.fromkeys([*self.cut_out, *names])))

    def filtered(self, condition: str) -> "Stage":
        return replace(self, where=(*self.where, condition))

    @property
    def tail(self) -> str:
        """FROM and what follows it, without the order."""
        return f" FROM {self.source}" + (f" WHERE {' AND '.join(self.where)}" if self.where else "")

    @property
    def order_by(self) -> str:
        """Events are the newest first where nothing else is said, and among equals."""
        is_by_id = any(key.sql == "e.id" for key in self.order)
        keys = [key.clause for key in self.order] + (["e.id DESC"] if self.are_events and not is_by_id else [])
        return f" ORDER BY {', '.join(keys)}" if keys else ""

    def wrapped(self, extra: str = "", join: str = "") -> "Stage":
        """The same rows out of a subquery, so that what follows is about them: after limit, for dedup, for unnest."""
        columns = [f"e.{column} AS {column}" for column in COLUMNS] if self.are_events else []
        columns += [f"{value.sql} AS c{number}" for number, value in enumerate(self.names.values())]
        columns += [f"{key.sql} AS o{number}" for number, key in enumerate(self.order)]
        limit = f"{self.order_by} LIMIT {self.limit}" if self.limit is not None else ""
        where = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        select = f"SELECT {', '.join(columns or ['1'])}{extra} FROM {self.source}{join}{where}{limit}"  # noqa: S608
        return replace(
            self,
            source=f"({select}) AS e",
            where=(),
            order=tuple(replace(key, sql=f"e.o{number}") for number, key in enumerate(self.order)),
            limit=None,
            names={name: Fragment(f"e.c{n}", value.kind) for n, (name, value) in enumerate(self.names.items())},
        )
