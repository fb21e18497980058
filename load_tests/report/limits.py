"""PURE: the report's sections on what bounds a function: its timeout, and how many of it run at once."""

from collections.abc import Mapping
from typing import Any

from load_tests.report.cells import value
from load_tests.report.markup import Html, joined, left, note, prose, table, tag
from load_tests.report.words import count, dollars, ms, percent, rate

Analysis = Mapping[str, Any]
KNOWN = {3: "Lambda's default", 10: "this template's", 29: "API Gateway hangs up: a later answer reaches nobody"}
OUTCOMES = ("answered", "fault", "timeout", "throttled", "lost")
METRICS = ("invocations", "errors", "throttles", "concurrent")
STEP_HEADS = ("step", *OUTCOMES, "no REPORT", "Invocations", "Errors", "Throttles", "ConcurrentExecutions")
RATE_HEADS = ("arrivals", "cold", "per million", "at once, mean", "provision for 99 %", "per million then")

HANGS = """At {variant}. A hang also holds a sandbox: one a second hold as many as the timeout has seconds. A start has
10 s of its own, but after a crash or a timeout it is done again inside an invocation: so the slowest answer is taken
with its start."""
RATES = """A model: arrivals independent of each other (Poisson), Erlang's loss formula, the sandbox used last first,
dropped after {idle_s:g} s without work (AWS promises no number)."""
REASON = """{seconds} s: twice the slowest of {answers} answers, {slowest}, in whole seconds.{limited} At 95 %
confidence at most {beyond} of requests are slower than any seen."""


def timeouts(found: Analysis) -> Html:
    timeout = found["timeout"]
    if not timeout or not timeout["choice"]:
        return _steps(found)
    chosen = timeout["choice"]["seconds"]
    rows = [
        (
            f"{row['timeout_s']} s",
            f"{row['cut']} of {count(row['n'])}",
            dollars(row["dollars_per_thousand"]),
            count(row["requests_worth"]),
            prose(
                ", ".join(filter(None, ("to set" if row["timeout_s"] == chosen else "", KNOWN.get(row["timeout_s"]))))
            ),
        )
        for row in timeout["hangs"]
    ]
    heads = ("timeout", "answers it would cut", "a thousand hangs", "requests one hang pays for", left("which is"))
    return joined(
        tag("h2", "The timeout"),
        tag("p", _reason(timeout["choice"])),
        table(heads, rows, [row["timeout_s"] == chosen for row in timeout["hangs"]]),
        note(HANGS.format(**timeout)),
        _steps(found),
    )


def arrivals(found: Analysis) -> Html:
    timeout = found["timeout"]
    row = next((row for row in found["variants"] if timeout and row["name"] == timeout["variant"]), None)
    if row is None:
        return joined()
    return joined(
        tag("h2", "Arrival rates, and how many to provision"),
        tag("p", f"At {row['name']}. {_pattern(row['pattern'])}"),
        table(RATE_HEADS, [_rate_row(each) for each in row["rates"]]),
        note(RATES.format(**found["wishes"])),
        _bounds(found),
    )


def _reason(chosen: Mapping[str, Any]) -> str:
    limited = " That is more than API Gateway waits, so its 29 s are the bound." if chosen["limited"] else ""
    return REASON.format(
        seconds=chosen["seconds"],
        answers=count(chosen["n"]),
        slowest=ms(chosen["slowest_ms"]),
        limited=limited,
        beyond=percent(chosen["beyond"]),
    )


def _steps(found: Analysis) -> Html:
    rows = [
        (
            row["name"],
            *(count(row["outcomes"].get(name, 0)) for name in OUTCOMES),
            count(row["missing_reports"]),
            *(count(row["metrics"].get(name)) for name in METRICS),
        )
        for row in found["timeouts"]
    ]
    said = "The last four are CloudWatch's, of the whole minutes that a step touched: neighbours may share one."
    return joined(tag("h2", "Errors and timeouts"), table(STEP_HEADS, rows), note(said))


def _pattern(pattern: Mapping[str, int] | None) -> str:
    if pattern is None:
        return ""
    return (
        f"As measured: 99 % of the load's requests found at most {pattern['p99']} running, themselves included; "
        f"{pattern['most']} at the most."
    )


def _rate_row(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        rate(each["rate"]),
        percent(each["cold_share"]),
        dollars(each["dollars"]),
        f"{each['load']:.2g}",
        count(each["sandboxes"]),
        dollars(each["provisioned_dollars"]),
    )


def _bounds(found: Analysis) -> Html:
    """Throttles against cost, where concurrency was an axis."""
    rows = [
        (
            row["name"],
            percent(value(row["throttled_share"])),
            percent(value(row["cold_share"])),
            dollars(row["most_dollars_an_hour"]),
            dollars(row["waiting_dollars_an_hour"]),
        )
        for row in found["variants"]
        if row["reserved"] is not None or row["provisioned"] is not None
    ]
    heads = ("variant", "throttled", "cold", "an hour, all busy", "an hour, waiting")
    return table(heads, rows) if rows else joined()
