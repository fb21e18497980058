"""PURE: the report's sections on what bounds a function: its timeout, and how many of it run at once."""

from collections.abc import Mapping
from typing import Any

from load_tests.report.cells import value
from load_tests.report.markup import Html, joined, note, prose, table, tag
from load_tests.report.words import count, dollars, ms, percent, rate

Analysis = Mapping[str, Any]
KNOWN = {3: "Lambda's default", 10: "this template's", 29: "API Gateway hangs up: a later answer reaches nobody"}
OUTCOMES = ("answered", "fault", "timeout", "throttled", "lost")
METRICS = ("invocations", "errors", "throttles", "concurrent")
STEP_HEADS = ("step", *OUTCOMES, "no REPORT", "Invocations", "Errors", "Throttles", "ConcurrentExecutions")
RATE_HEADS = ("arrivals", "cold", "per million", "at once, mean", "provision for 99 %", "per million then")


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
    heads = ("timeout", "answers it would cut", "a thousand hangs", "requests one hang pays for", "")
    return joined(
        tag("h2", "The timeout"),
        tag("p", _reason(timeout["choice"])),
        table(heads, rows, [row["timeout_s"] == chosen for row in timeout["hangs"]]),
        note(
            f"At {timeout['variant']}. A hang also holds a sandbox: of one hang a second, as many as the timeout has "
            "seconds. Lambda counts the handler's time; a start has 10 s of its own."
        ),
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
        note(
            "A model: arrivals independent of each other (Poisson), Erlang's loss formula, the sandbox used last first, "
            f"dropped after {found['wishes']['idle_s']:g} s without work (AWS promises no number)."
        ),
        _bounds(found),
    )


def _reason(chosen: Mapping[str, Any]) -> str:
    limited = " That is more than API Gateway waits, so its 29 s are the bound." if chosen["limited"] else ""
    return (
        f"{chosen['seconds']} s: twice the slowest of {count(chosen['n'])} answers, {ms(chosen['slowest_ms'])}, in whole "
        f"seconds.{limited} At 95 % confidence at most {percent(chosen['beyond'])} of requests are slower than any seen."
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
