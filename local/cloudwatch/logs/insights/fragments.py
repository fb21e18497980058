"""PURE: pieces of SQL, and what a value becomes when it is needed as a number, a text or a condition."""

from dataclasses import dataclass

from local.cloudwatch.logs.insights.functions import Kind

NUMERIC = (Kind.NUMBER, Kind.TIME, Kind.BOOLEAN)


@dataclass(frozen=True)
class Fragment:
    """`sql` has no text of the user in it: names and constants are bound parameters, :p0 and so on."""

    sql: str
    kind: Kind


def as_number(value: Fragment) -> str:
    """NULL where the value is no number and no text that holds one."""
    if value.kind in NUMERIC:
        return value.sql
    if value.kind is Kind.TEXT:
        return f"insights_number({value.sql})"
    return f"CASE typeof({value.sql}) WHEN 'text' THEN insights_number({value.sql}) ELSE {value.sql} END"


def as_text(value: Fragment) -> str:
    if value.kind is Kind.TEXT:
        return value.sql
    if value.kind is Kind.TIME:
        return f"insights_time({value.sql})"
    return f"CAST({value.sql} AS TEXT)"


def as_condition(value: Fragment) -> str:
    return value.sql if value.kind is Kind.BOOLEAN else f"(({as_number(value)}) <> 0)"
