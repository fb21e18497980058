"""Which metrics there are."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from local.cloudwatch.metrics.identity import Metric


@dataclass(frozen=True, slots=True)
class Wanted:
    """`dimensions` are (name, value), or (name, None) for any value. `since_s`: data came at that time or later."""

    since_s: int
    namespace: str | None = None
    name: str | None = None
    dimensions: Sequence[tuple[str, str | None]] = ()


def find_metrics(
    connection: sqlite3.Connection, wanted: Wanted, after: int = 0, most: int = -1
) -> list[tuple[int, Metric]]:
    """With their numbers, which grow with time; those after the number `after`."""
    conditions = ["seen_s >= ?", "id > ?"]
    values: list[int | str | None] = [wanted.since_s, after]
    for column, value in (("namespace", wanted.namespace), ("name", wanted.name)):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    for name, dimension_value in wanted.dimensions:
        conditions.append("id IN (SELECT metric FROM metric_dimensions WHERE name = ? AND value = ifnull(?, value))")
        values += [name, dimension_value]
    where = " AND ".join(conditions)  # constants, all of them
    select = f"SELECT id, namespace, name, dimensions FROM metric_names WHERE {where} ORDER BY id LIMIT ?"  # noqa: S608
    return [
        (number, Metric(namespace, name, tuple((key, value) for key, value in json.loads(dimensions))))
        for number, namespace, name, dimensions in connection.execute(select, [*values, most])
    ]
