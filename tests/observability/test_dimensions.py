"""Every new value of a dimension is a new, billed metric: how many there can be is bounded, and what they look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from observability import Metric, Settings, Unit, current, observe
from observability.dimensions import dimension_value
from observability.errors import MetricError
from observability.settings import SettingError
from observability.testing import capture

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Call = Callable[..., httpx.Response]

SHIPPED = Metric("Shipped", Unit.COUNT, "boxes on their way", dimensions=(("service",), ("service", "carrier")))
WEIGHT = Metric("Weight", Unit.KILOBYTES, "what a box weighs")


def an_app(most: str = "2") -> FastAPI:
    app = FastAPI()
    observe(app, service="items", settings=Settings.from_env({"OBSERVABILITY_MOST_DIMENSION_VALUES": most}))

    @app.get("/ship/{carrier:path}")
    async def ship(carrier: str) -> None:
        current().count(SHIPPED)
        current().observe(WEIGHT, 2.5)
        if carrier != "-":
            current().add(carrier=carrier)

    return app


def dimensions(line: dict[str, Any]) -> dict[str, list[list[str]]]:
    """The dimension sets of each metric of a line."""
    directives = line["_aws"]["CloudWatchMetrics"]
    return {metric["Name"]: one["Dimensions"] for one in directives for metric in one["Metrics"]}


def test_routes_beyond_the_bound_are_other(call: Call) -> None:
    """The first so many routes have metrics of their own, and keep them; the message and the trace name all."""
    app = FastAPI()
    observe(app, service="items", settings=Settings.from_env({"OBSERVABILITY_MOST_DIMENSION_VALUES": "2"}))
    for name in ("a", "b", "c"):
        app.add_api_route(f"/{name}", lambda: None)
    with capture(app) as seen:
        for path in ("/a", "/b", "/c", "/a", "/nowhere"):
            call(app, "GET", path)
    assert [line["route"] for line in seen.lines] == ["/a", "/b", "(other)", "/a", "(unmatched)"]
    assert seen.lines[2]["message"] == "GET /c 200"
    assert seen.documents[2]["annotations"]["route"] == "/c"


def test_a_metric_has_the_dimensions_that_it_declares(call: Call) -> None:
    """EMF: a directive for each group of dimension sets; every dimension stands in the line, as a text."""
    app = an_app()
    with capture(app) as seen:
        call(app, "GET", "/ship/dhl")
    (line,) = seen.lines
    found = dimensions(line)
    assert found["Shipped"] == [["service"], ["service", "carrier"]]
    assert found["Weight"] == found["Requests"] == [["service"], ["service", "route"]]
    assert (line["carrier"], line["Shipped"], line["Weight"]) == ("dhl", 1, 2.5)
    assert {one["Namespace"] for one in line["_aws"]["CloudWatchMetrics"]} == {"items"}


def test_values_beyond_the_bound_are_other(call: Call) -> None:
    """A field of the request as a dimension is bounded like the routes; what it was stays in the line."""
    app = an_app()
    with capture(app) as seen:
        for carrier in ("dhl", "ups", "dpd", "dhl"):
            call(app, "GET", f"/ship/{carrier}")
    assert [line["carrier"] for line in seen.lines] == ["dhl", "ups", "(other)", "dhl"]
    assert [line.get("fields.carrier") for line in seen.lines] == [None, None, "dpd", None]


def test_a_dimension_that_is_missing_has_a_value(call: Call) -> None:
    """Without one CloudWatch would refuse the event, and all its metrics with it."""
    with capture(app := an_app()) as seen:
        call(app, "GET", "/ship/-")
    assert (seen.lines[0]["carrier"], seen.lines[0]["Shipped"]) == ("(none)", 1)


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "kept"),
    [(5, "5"), (True, "True"), ("Köln\n", "K\\xf6ln\\x0a"), (" ", "(none)"), (Unprintable(), "(none)")],
)
def test_a_dimension_is_a_text_that_cloudwatch_takes(value: Any, kept: str, call: Call) -> None:
    """Printable ASCII, not only spaces, 1,024 at most (CloudWatch API reference, Dimension)."""
    app = FastAPI()
    observe(app, service="items", settings=Settings())

    @app.get("/")
    async def root() -> None:
        current().add(carrier=value)
        current().count(SHIPPED)

    with capture(app) as seen:
        assert call(app, "GET", "/").status_code == 200
    assert seen.lines[0]["carrier"] == kept
    assert "fields.carrier" in seen.lines[0]


@pytest.mark.parametrize(("text", "value"), [("x" * 2000, "x" * 1024), ("/a/{b}", "/a/{b}"), ("\t", "\\x09")])
def test_the_text_of_a_dimension(text: str, value: str) -> None:
    """Cut to 1,024 characters, others than printable ASCII escaped."""
    assert dimension_value(text) == value


def test_thirty_dimensions_are_the_most() -> None:
    """EMF takes 30 in a set: more are refused where the metric is declared."""
    names = tuple(f"d{n}" for n in range(31))
    assert Metric("Fine", Unit.COUNT, "as many as go", dimensions=(names[:30],)).dimensions == (names[:30],)
    with pytest.raises(MetricError, match="at most 30 dimensions, not 31"):
        Metric("Many", Unit.COUNT, "too many", dimensions=(names,))


@pytest.mark.parametrize("name", ["status", "duration_ms", "_aws", "", "Köln", " a", 5])
def test_a_dimension_that_can_be_none_is_refused(name: Any) -> None:
    """The line's numbers are no dimensions, and names are CloudWatch's: printable ASCII."""
    with pytest.raises(MetricError):
        Metric("Odd", Unit.COUNT, "with an odd dimension", dimensions=((name,),))


def test_the_bound_is_at_least_one() -> None:
    """No bound at all would be a bill without end, none allowed a metric without routes."""
    with pytest.raises(SettingError, match="OBSERVABILITY_MOST_DIMENSION_VALUES='0'"):
        Settings.from_env({"OBSERVABILITY_MOST_DIMENSION_VALUES": "0"})
