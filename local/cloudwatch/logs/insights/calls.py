"""PURE: the scalar functions of Logs Insights as SQL."""

from collections.abc import Callable, Sequence

from local.cloudwatch.logs.errors import QueryError
from local.cloudwatch.logs.insights.fragments import Fragment, as_number, as_text
from local.cloudwatch.logs.insights.functions import PERIOD_MONTHS, PERIOD_MS, SCALARS, Kind
from local.cloudwatch.logs.insights.syntax import Function, Period

_BLANKS = " \t\n\r\v\f"
_VERSIONS = {"isvalidip": 0, "isvalidipv4": 4, "isvalidipv6": 6}
_SUBNETS = {"isipinsubnet": 0, "isipv4insubnet": 4, "isipv6insubnet": 6}
_OF_TEXT = {
    "toupper": "insights_upper({})",
    "tolower": "insights_lower({})",
    "strlen": "length({})",
    "md5": "insights_md5({})",
    "sha256": "insights_sha256({})",
    "replace": "replace({}, {}, {})",
    "strcontains": "(instr({}, {}) > 0)",
}
_OF_NUMBERS = {
    "abs": "insights_abs({})",
    "ceil": "insights_ceil({})",
    "floor": "insights_floor({})",
    "log": "insights_log({})",
    "sqrt": "insights_sqrt({})",
    "frommillis": "({})",
    "tomillis": "({})",
}


def call_sql(
    call: Function, arguments: Sequence[Fragment], timestamp: Fragment | None, bind: Callable[[str | int], str]
) -> Fragment:
    """`arguments` are the compiled ones, without the periods; `timestamp` is what bin() bins. Raises QueryError."""
    kind = SCALARS[call.name].result
    if call.name in _OF_TEXT:
        return Fragment(_OF_TEXT[call.name].format(*map(as_text, arguments)), kind)
    if call.name in _OF_NUMBERS:
        return Fragment(_OF_NUMBERS[call.name].format(*(f"({as_number(a)})" for a in arguments)), kind)
    if call.name in ("greatest", "least"):
        return Fragment(f"insights_{call.name}({', '.join(map(as_number, arguments))})", kind)
    if call.name in ("bin", "datefloor", "dateceil"):
        return Fragment(_rounded(call, arguments, timestamp, bind), kind)
    if call.name in ("ltrim", "rtrim", "trim"):
        characters = as_text(arguments[1]) if len(arguments) > 1 else bind(_BLANKS)
        return Fragment(f"{call.name}({as_text(arguments[0])}, {characters})", kind)
    return _other(call.name, arguments, bind, kind)


def _other(name: str, arguments: Sequence[Fragment], bind: Callable[[str | int], str], kind: Kind) -> Fragment:
    first = arguments[0]
    texts = [as_text(argument) for argument in arguments]
    sql: str
    if name == "ispresent":
        sql = f"({first.sql} IS NOT NULL)"
    elif name == "isempty":
        sql = f"(coalesce({texts[0]}, '') = '')"
    elif name == "isblank":
        sql = f"(trim(coalesce({texts[0]}, ''), {bind(_BLANKS)}) = '')"
    elif name == "concat":
        sql = "(" + " || ".join(f"coalesce({text}, '')" for text in texts) + ")"
    elif name == "coalesce":
        same = {argument.kind for argument in arguments}
        return Fragment(
            f"coalesce({', '.join(a.sql for a in arguments)}, NULL)", same.pop() if len(same) == 1 else kind
        )
    elif name == "substr":
        # The page counts from 0: substr("xyZfooxyZ", 3, 3) is "foo". SQLite counts from 1.
        sql = f"substr({texts[0]}, {', '.join([f'max(({as_number(arguments[1])}), 0) + 1', *_lengths(arguments)])})"
    elif name == "jsonparse":
        sql = f"(CASE WHEN json_valid({texts[0]}) THEN json({texts[0]}) END)"
    elif name == "jsonstringify":
        sql = texts[0]
    elif name in _VERSIONS:
        sql = f"insights_address({texts[0]}, {_VERSIONS[name]})"
    else:
        sql = f"insights_subnet({texts[0]}, {texts[1]}, {_SUBNETS[name]})"
    return Fragment(sql, kind)


def _lengths(arguments: Sequence[Fragment]) -> list[str]:
    return [f"max(({as_number(arguments[2])}), 0)"] if len(arguments) > 2 else []


def _rounded(
    call: Function, arguments: Sequence[Fragment], timestamp: Fragment | None, bind: Callable[[str | int], str]
) -> str:
    period = call.arguments[-1]
    if not isinstance(period, Period):
        raise QueryError(f"{call.name} takes a period, as 5m or 1h", period.start, period.end)
    if call.name != "bin":
        moment = f"({as_number(arguments[0])})"
    elif timestamp is None:
        raise QueryError("bin() needs @timestamp, which stats has not kept", call.start, call.end)
    else:
        moment = timestamp.sql
    direction = "ceil" if call.name == "dateceil" else "floor"
    if period.unit in PERIOD_MONTHS:
        return f"insights_month_{direction}({moment}, {bind(period.count * PERIOD_MONTHS[period.unit])})"
    step = bind(period.count * PERIOD_MS[period.unit])
    if direction == "ceil":
        moment = f"({moment} + {step} - 1)"
    return f"({moment} - {moment} % {step})"
