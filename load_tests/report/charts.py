"""PURE: the report's charts, from the analysis."""

from collections.abc import Mapping, Sequence
from typing import Any

from load_tests.report.drawing import BOTTOM, LEFT, RIGHT, TOP, Drawing
from load_tests.report.scales import Scale, decades, linear, logarithmic, ticks
from load_tests.report.words import count, dollars, ms, percent, rate

Row = Mapping[str, Any]
QUANTILES = ("p50", "p90", "p99")
COLOURS = 6
LABEL_WIDTH, LABEL_HEIGHT = 26, 12


def quantile_chart(rows: Sequence[Row], what: Sequence[str]) -> str:
    """Three dots a variant, each with its interval; `what` is the way to the quantiles."""
    found = [(row, _at(row, what)) for row in rows]
    values = [each[q][end] for _, each in found for q in QUANTILES if each[q] for end in ("low", "high")]
    drawing, y = Drawing(f"p50, p90 and p99 of {what[0]} requests"), _log_axis(values)
    drawing.y_axis(y.scale, y.ticks, ms, "log scale")
    for place, (row, each) in _placed(found):
        _name(drawing, place, row)
        for at, q in enumerate(QUANTILES):
            if each[q]:
                _interval(drawing, place + (at - 1) * 9, y.scale, each[q], q)
    return drawing.svg()


def start_chart(rows: Sequence[Row]) -> str:
    """Medians of initialisation and handler, one upon the other."""
    found = [(row, row["cold"]) for row in rows if row["cold"]["init"]["p50"]]
    tops = [each["init"]["p50"]["value"] + each["handler"]["p50"]["value"] for _, each in found]
    marks = ticks(max(tops, default=1))
    drawing, y = Drawing("initialisation and handler of a cold request, medians"), linear(0, marks[-1], BOTTOM, TOP)
    drawing.y_axis(y, marks, ms, "")
    for place, (row, each) in _placed(found):
        init, handler = each["init"]["p50"]["value"], each["handler"]["p50"]["value"]
        _name(drawing, place, row)
        drawing.bar(place, y(0), y(init), "fill init", f"{row['name']}: initialisation {ms(init)}")
        drawing.bar(place, y(init), y(init + handler), "fill handler", f"{row['name']}: handler {ms(handler)}")
        drawing.text(place, y(init + handler) - 4, ms(init + handler), "axis middle")
    return drawing.svg()


def memory_chart(rows: Sequence[Row]) -> str:
    """The most that a sandbox used, against what it had."""
    found = [(row, row["used_mb"]) for row in rows if row["used_mb"]]
    drawing, y = Drawing("memory used, of what was set"), linear(0, 100, BOTTOM, TOP)
    drawing.y_axis(y, (0, 25, 50, 75, 100), lambda share: f"{share:.0f} %", "")
    for place, (row, used) in _placed(found):
        share = used["most"] / row["memory_mb"] * 100
        _name(drawing, place, row)
        drawing.bar(place, y(0), y(100), "fill empty", f"{row['name']}")
        drawing.bar(place, y(0), y(share), "fill used", f"{row['name']}: {used['most']} MB at most")
        drawing.text(place, y(share) - 4, f"{used['most']} MB", "axis middle")
    return drawing.svg()


def frontier_chart(rows: Sequence[Row], frontier: Sequence[str]) -> str:
    found = [row for row in rows if row["dollars"] and row["load"]["p99"]]
    drawing = Drawing("cost against p99, with what no other variant beats in both joined by a line")
    y = _log_axis([row["load"]["p99"][end] for row in found for end in ("low", "high")])
    marks = ticks(max((row["dollars"]["high"] for row in found), default=1))
    x = linear(0, marks[-1], LEFT, RIGHT)
    drawing.y_axis(y.scale, y.ticks, ms, "p99 in Lambda, log scale")
    drawing.x_axis(x, marks, dollars, "per million requests")
    best = [row for name in frontier for row in found if row["name"] == name]
    drawing.path([(x(r["dollars"]["value"]), y.scale(r["load"]["p99"]["value"])) for r in best], "way")
    taken: list[tuple[float, float]] = []
    for row in found:
        at = (x(row["dollars"]["value"]), y.scale(row["load"]["p99"]["value"]))
        _frontier_dot(drawing, x, y.scale, row, is_best=row in best)
        drawing.text(*_free(at[0] + 7, at[1] - 6, taken), f"{row['memory_mb']}", "axis")
    return drawing.svg()


def rate_chart(rows: Sequence[Row]) -> str:
    """Cost by arrival rate, both logarithmic: on the left every request is cold, on the right hardly any."""
    found = [row for row in rows if row["rates"]][:COLOURS]
    rates = [each["rate"] for row in found for each in row["rates"]]
    drawing = Drawing("cost by arrival rate")
    y, x_marks = _log_axis([each["dollars"] for row in found for each in row["rates"]]), decades(rates)
    x = logarithmic(x_marks[0], x_marks[-1], LEFT, RIGHT - 44)
    drawing.y_axis(y.scale, y.ticks, dollars, "per million requests, log scale")
    drawing.x_axis(x, x_marks, rate, "requests a second, log scale")
    reached = -1e9
    for at, row in sorted(enumerate(found), key=lambda one: y.scale(one[1]["rates"][-1]["dollars"])):
        points = [(x(each["rate"]), y.scale(each["dollars"])) for each in row["rates"]]
        drawing.path(points, f"way s{at}")
        reached = max(points[-1][1] + 3.5, reached + 11)
        drawing.text(points[-1][0] + 5, reached, f"{row['memory_mb']}", f"axis s{at}")
    return drawing.svg()


def tail_chart(tail: Sequence[Sequence[float]], timeout_s: float | None) -> str:
    """The share of answered requests that took longer, both logarithmic, and the timeout to set."""
    drawing, ends = Drawing("share of requests that take longer"), [(timeout_s or 1) * 1000]
    x_marks = decades([*(at for at, _ in tail), *ends])
    shares = [share for _, share in tail if share > 0]
    y = _log_axis([*shares, 1.0])
    x = logarithmic(x_marks[0], x_marks[-1], LEFT, RIGHT)
    drawing.y_axis(y.scale, y.ticks, percent, "of requests take longer, log scale")
    drawing.x_axis(x, x_marks, ms, "start and handler, log scale")
    drawing.path([(x(at), y.scale(share)) for at, share in tail if share > 0], "way s0")
    if timeout_s is not None:
        drawing.line(x(ends[0]), TOP, x(ends[0]), BOTTOM, "limit")
        drawing.text(x(ends[0]) - 4, TOP + 10, f"timeout {count(timeout_s)} s", "axis end")
    return drawing.svg()


class _LogAxis:
    def __init__(self, marks: list[float]) -> None:
        self.ticks = marks
        self.scale: Scale = logarithmic(marks[0], marks[-1], BOTTOM, TOP + 4)


def _log_axis(values: Sequence[float]) -> _LogAxis:
    return _LogAxis(decades(values))


def _interval(drawing: Drawing, x: float, y: Scale, estimate: Row, name: str) -> None:
    drawing.line(x, y(estimate["low"]), x, y(estimate["high"]), f"range {name}")
    tip = f"{name} {ms(estimate['value'])}, {ms(estimate['low'])} to {ms(estimate['high'])}, of {estimate['n']:,.0f}"
    drawing.dot(x, y(estimate["value"]), f"fill {name}", tip)


def _frontier_dot(drawing: Drawing, x: Scale, y: Scale, row: Row, *, is_best: bool) -> None:
    cost, p99 = row["dollars"], row["load"]["p99"]
    at = (x(cost["value"]), y(p99["value"]))
    drawing.line(x(cost["low"]), at[1], x(cost["high"]), at[1], "range quiet")
    drawing.line(at[0], y(p99["low"]), at[0], y(p99["high"]), "range quiet")
    tip = f"{row['name']}: {dollars(cost['value'])} per million, p99 {ms(p99['value'])}"
    drawing.dot(*at, "fill s0" if is_best else "fill quiet", tip, 5)


def _free(x: float, y: float, taken: list[tuple[float, float]]) -> tuple[float, float]:
    """The place for a label, or the next below it that no other has."""
    while any(abs(x - other_x) < LABEL_WIDTH and abs(y - other_y) < LABEL_HEIGHT for other_x, other_y in taken):
        y += LABEL_HEIGHT
    taken.append((x, y))
    return x, y


def _placed(found: Sequence[Any]) -> list[tuple[float, Any]]:
    gap = (RIGHT - LEFT) / max(1, len(found))
    return [(LEFT + gap * (at + 0.5), each) for at, each in enumerate(found)]


def _name(drawing: Drawing, place: float, row: Row) -> None:
    drawing.text(place, BOTTOM + 16, f"{row['memory_mb']}", "axis middle")
    extra = ", ".join(f"{name[0]}{row[name]}" for name in ("reserved", "provisioned") if row[name] is not None)
    drawing.text(place, BOTTOM + 30, extra or "MB", "axis middle")


def _at(row: Row, what: Sequence[str]) -> Any:
    found: Any = row
    for name in what:
        found = found[name]
    return found
