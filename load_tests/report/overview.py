"""PURE: the report's beginning and its end: what was measured where, what to set, and how it was found out."""

from collections.abc import Mapping
from typing import Any

from load_tests.report.markup import Html, joined, left, note, prose, table, tag
from load_tests.report.words import NOTHING, dollars, ms

Analysis = Mapping[str, Any]
STRATEGIES = {
    "cost": "the lowest cost",
    "speed": "the lowest p99; of those as fast within noise, the cheapest",
    "balanced": "cost and p99, {weight:.0%} and {rest:.0%}, each against the largest",
    "within": "the cheapest whose p99 is below {p99_ms:g} ms, with its whole interval",
}
MODEL = """Measured on a laptop, where processor and memory follow the memory size as Lambda documents it. Which size is
better carries over; milliseconds, and the dollars made of them, are this machine's."""
METHOD = (
    """Times are Lambda's own, from its REPORT lines. Forced starts and those of the warm-up count as cold requests, and
not in the load's mix.""",
    """Quantiles: nearest rank, with the bootstrap's percentile interval, computed without drawing. Means: a seeded
bootstrap. Shares: Wilson's interval. All at 95 %.""",
    "A variant that fails or throttles more than 1 % of its load, beyond chance, is not recommended.",
    """Two runs of the same thing differ by more than the intervals say when the machine or its neighbours do: sweep
twice before you believe a small difference.""",
)
PRICES = """Prices: Lambda, {region}, {architecture}, {as_of}, first tier, no free tier: ${on_demand:.10f} per
GB-second; initialisation is billed. API Gateway, logs and tables cost the same at any size, and are not in it."""


def head(about: Mapping[str, Any]) -> Html:
    rounds = f" in {about['rounds']} rounds" if about["rounds"] > 1 else ""
    sizes = f"{about['cold']} forced starts and {about['duration_s']:g} s at {about['rate']:g} requests/s each{rounds}"
    where = f"{about['region']}, {about['architecture']}, {about['endpoint']}"
    return joined(
        tag("h1", f"Sweep of {about['function']}"),
        tag("p", f"{about['made']} · {where} · {sizes}", class_="quiet"),
        tag("p", tag("strong", "A model, not AWS. "), MODEL, class_="model") if about["is_model"] else "",
        *(tag("p", each, class_="model") for each in about["notes"]),
    )


def choice(found: Analysis) -> Html:
    """The two numbers that people come for."""
    picks = {row["strategy"]: row for row in found["recommendations"]}
    wish = f"p99 below {found['wishes']['p99_ms']:g} ms"
    pick, why = picks["within"], f"the cheapest with {wish}: "
    if pick["name"] is None:
        pick, why = picks["balanced"], f"none has {wish}; this one balances: "
    if pick["name"] is None:
        return tag("div", _card("Memory", NOTHING, "nothing could be measured"), class_="set")
    said = f"{why}p99 {ms(pick['p99_ms'])}, {dollars(pick['dollars'])} per million requests"
    return tag("div", _card("Memory", pick["name"], said), _timeout_card(found["timeout"]), class_="set")


def strategies(found: Analysis) -> Html:
    wishes = {**found["wishes"], "rest": 1 - found["wishes"]["weight"]}
    rows = [
        (
            row["strategy"],
            row["name"] or "none",
            ms(row["p99_ms"]),
            dollars(row["dollars"]),
            prose(STRATEGIES[row["strategy"]].format(**wishes)),
        )
        for row in found["recommendations"]
    ]
    link = tag("a", "the means on lambda-power-tuning.show", href=found["power_tuning"])
    return joined(
        tag("h2", "By what you want"),
        table(("strategy", "variant", "p99", "per million", left("takes")), rows),
        note(
            joined("As power tuning shows it: ", link, ". The link itself holds the numbers; they stay in the browser.")
        ),
    )


def method(found: Analysis) -> Html:
    points = (*METHOD, PRICES.format(**found["prices"]))
    return joined(tag("h2", "How it was measured"), tag("ul", *(tag("li", point) for point in points), class_="note"))


def _card(title: str, big: str, why: str) -> Html:
    return tag("div", tag("span", title), tag("b", big), tag("span", why), class_="card")


def _timeout_card(timeout: Analysis | None) -> Html:
    if not timeout or not timeout["choice"]:
        return _card("Timeout", NOTHING, "no request was answered")
    chosen = timeout["choice"]
    return _card(
        "Timeout", f"{chosen['seconds']} s", f"twice the slowest answer, {ms(chosen['slowest_ms'])} with its start"
    )
