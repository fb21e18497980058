"""PURE: the report's sections, one function each, from the analysis."""

from collections.abc import Mapping
from typing import Any

from load_tests.report import charts
from load_tests.report.markup import Html, figure, joined, keys, prose, table, tag, two
from load_tests.report.words import NOTHING, count, dollars, low_high, ms, percent, rate

Analysis = Mapping[str, Any]
STRATEGIES = {
    "cost": "the lowest cost",
    "speed": "the lowest p99; of those as fast within noise, the cheapest",
    "balanced": "cost and p99 weighed, {weight:g} to {rest:g}, each against the largest",
    "within": "the cheapest whose p99 is below {p99_ms:g} ms, with its whole interval",
}


def head(about: Mapping[str, Any]) -> Html:
    sizes = f"{about['cold']} forced starts and {about['duration_s']:g} s at {about['rate']:g} requests/s each"
    where = f"{about['region']}, {about['architecture']}, {about['endpoint']}"
    model = tag(
        "p",
        tag("strong", "A model, not AWS. "),
        "Measured on a laptop, where processor and memory follow the memory size as Lambda documents it. Ratios between "
        "sizes carry over; milliseconds, and dollars made of them, are this machine's.",
        class_="model",
    )
    return joined(
        tag("h1", f"Sweep of {about['function']}"),
        tag("p", f"{about['made']} · {where} · {sizes}", class_="quiet"),
        model if about["is_model"] else "",
        *(tag("p", note, class_="model") for note in about["notes"]),
    )


def choice(found: Analysis) -> Html:
    picks = {row["strategy"]: row for row in found["recommendations"]}
    pick = picks["within"] if picks["within"]["name"] else picks["balanced"]
    wish = f"p99 below {found['wishes']['p99_ms']:g} ms"
    why = (
        f"the cheapest with {wish}: p99 {ms(pick['p99_ms'])}, {dollars(pick['dollars'])} per million requests"
        if pick is picks["within"]
        else f"none has {wish}; this balances cost and p99 ({ms(pick['p99_ms'])})"
    )
    return tag("div", _card("Memory", pick["name"] or "nothing measured", why), _timeout_card(found), class_="set")


def strategies(found: Analysis) -> Html:
    wishes = found["wishes"]
    given = {**wishes, "rest": 1 - wishes["weight"]}
    rows = [
        (
            row["strategy"],
            row["name"] or "none",
            ms(row["p99_ms"]),
            dollars(row["dollars"]),
            prose(STRATEGIES[row["strategy"]].format(**given)),
        )
        for row in found["recommendations"]
    ]
    link = tag("a", "these means as a picture on lambda-power-tuning.show", href=found["power_tuning"])
    return joined(
        tag("h2", "By what you want"),
        table(("strategy", "variant", "p99", "per million", "means"), rows),
        tag("p", "For comparison: ", link, " (the numbers are in the link itself, and stay in the browser).", class_="note"),
    )


def distributions(found: Analysis) -> Html:
    rows, timeout = found["variants"], found["timeout"]
    hues = keys("p50", "p90", "p99")
    tail = timeout["tail"] if timeout else []
    seconds = timeout["choice"]["seconds"] if timeout and timeout["choice"] else None
    return joined(
        tag("h2", "Times, memory, cost"),
        tag("p", "By memory size in MB. Lines are 95 % intervals; an interval can't see beyond the slowest request.", class_="note"),
        tag(
            "div",
            figure("Warm requests", charts.quantile_chart(rows, ("warm",), "warm requests"), joined("handler's time", hues)),
            figure("Cold requests", charts.quantile_chart(rows, ("cold", "total"), "cold requests"), joined("initialisation and handler", hues)),
            figure("What a start is made of", charts.start_chart(rows), joined("medians", keys("init", "handler"))),
            figure("Cost against p99", charts.frontier_chart(rows, found["frontier"]), "the line joins what no other beats in both"),
            figure("Cost by arrival rate", charts.rate_chart(rows), "a model: few requests find their sandbox gone, and pay a start"),
            figure("Memory used", charts.memory_chart(rows), "the most that a sandbox held"),
            figure("The tail", charts.tail_chart(tail, seconds), f"answers of {timeout['variant']}" if timeout else ""),
            class_="charts",
        ),
    )


def numbers(found: Analysis) -> Html:
    picks = {row["name"] for row in found["recommendations"] if row["strategy"] == "within"}
    rows = [
        (
            row["name"],
            count(row["requests"]),
            *(_quantile(row["warm"][q]) for q in ("p50", "p90", "p99")),
            *(_quantile(row["cold"][part]["p50"]) for part in ("init", "handler")),
            _quantile(row["cold"]["total"]["p99"]),
            two(percent(_value(row["cold_share"])), low_high(row["cold_share"], "%")),
            f"{row['used_mb']['most']} MB" if row["used_mb"] else NOTHING,
            two(percent(_value(row["failed_share"])), low_high(row["failed_share"], "%")),
            two(percent(_value(row["throttled_share"])), low_high(row["throttled_share"], "%")),
            two(dollars(_value(row["dollars"])), low_high(row["dollars"], "$")),
        )
        for row in found["variants"]
    ]
    heads = ("variant", "requests", "warm p50", "p90", "p99", "init p50", "cold handler p50", "cold p99", "cold", "memory", "failed", "throttled", "per million")  # noqa: E501 - a row
    return joined(tag("h2", "The numbers"), table(heads, rows, [row["name"] in picks for row in found["variants"]]))


def timeouts(found: Analysis) -> Html:
    timeout = found["timeout"]
    if not timeout or not timeout["choice"]:
        return joined()
    seconds, n = timeout["choice"]["seconds"], timeout["choice"]["n"]
    rows = [
        (
            f"{row['timeout_s']} s",
            f"{row['cut']} of {count(row['n'])}",
            dollars(row["dollars_per_thousand"]),
            count(row["requests_worth"]),
            prose(_said(row["timeout_s"], seconds)),
        )
        for row in timeout["hangs"]
    ]
    heads = ("timeout", "answers it would have cut", "a thousand hangs", "one hang pays for", "")
    return joined(
        tag("h2", "The timeout"),
        tag("p", _reason(timeout["choice"])),
        table(heads, rows, [row["timeout_s"] == seconds for row in timeout["hangs"]]),
        tag("p", f"At {timeout['variant']}. A hang also holds a sandbox: at one hang a second, as many as the timeout has seconds. "
            f"Of {count(n)} answers.", class_="note"),
        _outcomes(found),
    )


def routes(found: Analysis) -> Html:
    rows = found["routes"]
    if not rows:
        return joined()
    sizes = [size["name"] for size in max(rows, key=lambda row: len(row["sizes"]))["sizes"]]
    cells = []
    for row in rows:
        by_name = {size["name"]: size for size in row["sizes"]}
        p99s = [_quantile(by_name[name]["p99"]) if name in by_name else NOTHING for name in sizes]
        needs = f"{row['memory_mb']} MB" if row["memory_mb"] else "more"
        cells.append((row["route"], count(row["requests"]), *p99s, needs, f"{row['timeout_s']} s", ms(row["slowest_ms"])))
    heads = ("route", "requests", *(f"p99 at {name}" for name in sizes), "needs", "timeout", "slowest")
    return joined(
        tag("h2", "By route"),
        tag("p", _setters(found)),
        table(heads, cells),
        tag("p", "p99 of warm requests; of fewer than 100 it is the slowest. A route needs the smallest size whose p99 is below the wish.", class_="note"),
    )


def arrivals(found: Analysis) -> Html:
    timeout = found["timeout"]
    row = next((row for row in found["variants"] if timeout and row["name"] == timeout["variant"]), None)
    if row is None:
        return joined()
    rows = [
        (
            rate(each["rate"]),
            percent(each["cold_share"]),
            dollars(each["dollars"]),
            f"{each['load']:.2g}",
            count(each["sandboxes"]),
            dollars(each["provisioned_dollars"]),
        )
        for each in row["rates"]
    ]
    heads = ("arrivals", "cold", "per million", "at once, mean", "provision for 99 %", "per million, provisioned")
    idle = found["wishes"]["idle_s"]
    pattern = row["pattern"]
    met = f" Measured: 99 % of the load's arrivals met at most {pattern['p99']} running, itself included; the most were {pattern['most']}." if pattern else ""
    return joined(
        tag("h2", "Arrival rates, and how many to provision"),
        tag("p", f"At {row['name']}.{met}"),
        table(heads, rows),
        tag("p", f"A model: Poisson arrivals, Erlang's loss formula, the sandbox used last first, dropped after {idle:g} s without work (AWS promises no number).", class_="note"),
        _bounds(found),
    )


def method(found: Analysis) -> Html:
    prices = found["prices"]
    points = (
        "Times are Lambda's own, from its REPORT lines; forced starts count as cold requests, and not in the load's mix.",
        "Quantiles: nearest rank, with the bootstrap's percentile interval, computed without drawing. Means: a seeded bootstrap. Shares: Wilson's interval.",
        "A variant that fails or throttles more than 1 % of its load beyond chance is not recommended.",
        f"Prices: Lambda, {prices['region']}, {prices['architecture']}, {prices['as_of']}, first tier, no free tier: ${prices['on_demand']} per GB-second; initialisation is billed. API Gateway, logs and tables cost the same at any size and are not in it.",
        "Two runs of the same thing differ by more than the intervals say when the machine or the neighbours do: sweep twice before you believe a small difference.",
    )
    return joined(tag("h2", "How it was measured"), tag("ul", *(tag("li", point) for point in points), class_="note"))


def _card(title: str, big: str, why: str) -> Html:
    return tag("div", tag("span", title), tag("b", big), tag("span", why), class_="card")


def _timeout_card(found: Analysis) -> Html:
    timeout = found["timeout"]
    if not timeout or not timeout["choice"]:
        return _card("Timeout", NOTHING, "no request was answered")
    chosen = timeout["choice"]
    return _card("Timeout", f"{chosen['seconds']} s", f"twice the slowest answer, {ms(chosen['slowest_ms'])}")


def _reason(chosen: Mapping[str, Any]) -> str:
    limited = " That is more than API Gateway waits, so its 29 s are the bound." if chosen["limited"] else ""
    return (
        f"{chosen['seconds']} s: twice the slowest answer ({ms(chosen['slowest_ms'])}), in whole seconds.{limited} At 95 % confidence "
        f"at most {percent(chosen['beyond'])} of requests are slower than any that was seen."
    )


def _said(seconds: int, chosen: int) -> str:
    names = {3: "Lambda's default", 10: "this template's", 29: "API Gateway hangs up here: a later answer reaches nobody"}
    return "; ".join(filter(None, ("to set" if seconds == chosen else "", names.get(seconds, ""))))


def _setters(found: Analysis) -> str:
    memory, timeout = found["memory_route"], found["timeout_route"]
    said = []
    if memory:
        said.append(f"{memory['route']} sets the memory: it needs {memory['memory_mb']} MB.")
    if timeout:
        said.append(f"{timeout['route']} sets the timeout: its slowest answer took {ms(timeout['slowest_ms'])}.")
    return " ".join(said)


def _outcomes(found: Analysis) -> Html:
    names = ("answered", "fault", "timeout", "throttled", "lost")
    rows = [
        (
            row["name"],
            *(count(row["outcomes"].get(name, 0)) for name in names),
            count(row["missing_reports"]),
            *(count(row["metrics"].get(name)) for name in ("invocations", "errors", "throttles", "concurrent")),
        )
        for row in found["timeouts"]
    ]
    heads = ("step", *names, "no REPORT", "Invocations", "Errors", "Throttles", "ConcurrentExecutions")
    return joined(
        table(heads, rows),
        tag("p", "The last four are CloudWatch's, of the whole minutes that a step touched: neighbours may share one.", class_="note"),
    )


def _bounds(found: Analysis) -> Html:
    rows = [
        (
            row["name"],
            percent(_value(row["throttled_share"])),
            dollars(row["most_dollars_an_hour"]),
            dollars(row["waiting_dollars_an_hour"]),
        )
        for row in found["variants"]
        if row["reserved"] is not None or row["provisioned"] is not None
    ]
    heads = ("variant", "throttled", "an hour at most", "an hour, waiting")
    return table(heads, rows) if rows else joined()


def _quantile(estimate: Mapping[str, Any] | None) -> Html:
    return two(ms(_value(estimate)), low_high(estimate))


def _value(estimate: Mapping[str, Any] | None) -> float | None:
    return estimate["value"] if estimate else None
