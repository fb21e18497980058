"""Which resource a request meets."""

import pytest

from local.api_gateway.routing import Match, RestApi, Route, match, stable_id

ROUTES = (
    Route("/{proxy+}", "ANY"),
    Route("/", "GET"),
    Route("/items", "GET"),
    Route("/items/{id}", "GET"),
    Route("/items/special", "GET"),
    Route("/items/{id}/parts/{rest+}", "ANY"),
)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", Match("/", {})),
        ("GET", "/items", Match("/items", {})),
        ("GET", "/items/", Match("/items", {})),
        ("GET", "/items/7", Match("/items/{id}", {"id": "7"})),
        ("GET", "/items/a%2Fb", Match("/items/{id}", {"id": "a%2Fb"})),
        ("GET", "/items/special", Match("/items/special", {})),
        ("GET", "/items/7/parts/a/b", Match("/items/{id}/parts/{rest+}", {"id": "7", "rest": "a/b"})),
        ("POST", "/items", Match("/{proxy+}", {"proxy": "items"})),
        ("GET", "/else/where/", Match("/{proxy+}", {"proxy": "else/where/"})),
        ("GET", "//x", Match("/{proxy+}", {"proxy": "/x"})),
        ("POST", "/", None),
    ],
)
def test_the_most_specific_resource_wins(method: str, path: str, expected: Match | None) -> None:
    """Literals before parameters before greedy ones (AWS page "Set up a proxy integration with a proxy resource"); a
    resource without the method hides no greedy one; parameters stay as the client encoded them."""
    assert match(ROUTES, method, path) == expected


def test_a_greedy_parameter_needs_something() -> None:
    """/{proxy+} does not stand for the root resource: an API that wants it declares / too."""
    assert match((Route("/{proxy+}"),), "GET", "/") is None


def test_an_own_method_wins_over_any() -> None:
    """Of one resource's methods the request's own is met before ANY."""
    routes = (Route("/x", "ANY"), Route("/x", "GET"))
    assert match(routes, "GET", "/x") == Match("/x", {})
    assert match((Route("/x", "POST"),), "GET", "/x") is None


def test_ids_are_stable() -> None:
    """The API's id looks like API Gateway's and is the same in every run: 10 lower-case letters or digits."""
    assert RestApi("items", "dev", ()).api_id == "5f3c4f8580"
    assert stable_id("items", 10) == "5f3c4f8580"
