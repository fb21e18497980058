from __future__ import annotations

import pytest

from service.root_path import split

_OWN = {"apiId": "id", "domainPrefix": "id"}
_CUSTOM = {"apiId": "id", "domainPrefix": "api"}


def _rest(whole: str, path: str) -> dict[str, object]:
    return {"path": path, "requestContext": {"path": whole, "stage": "prod"}}


def _http(stage: str, about: dict[str, str], version: str = "2.0") -> dict[str, object]:
    return {"version": version, "requestContext": {"stage": stage, **about}}


@pytest.mark.parametrize(
    ("whole", "path", "root"),
    [
        ("/prod/api/items/", "/api/items/", "/prod"),
        ("/prod/", "/", "/prod"),
        ("/prod", "/", "/prod"),
        ("/prod/a%20b", "/a b", "/prod"),
        ("/prod/a%20b", "/a%20b", "/prod"),
        ("/api/items/", "/api/items/", ""),
        ("/", "/", ""),
        ("/other", "/api/items/", ""),
    ],
)
def test_rest_api(whole: str, path: str, root: str) -> None:
    """What requestContext.path has before the event's path is the stage; the path itself has none."""
    assert split(_rest(whole, path), "/api/items/", "") == (root, "/api/items/")


@pytest.mark.parametrize(
    ("stage", "about", "path", "expected"),
    [
        ("$default", _OWN, "/api/items/", ("", "/api/items/")),
        ("dev", _OWN, "/dev/api/items/", ("/dev", "/api/items/")),
        ("dev", _OWN, "/dev", ("/dev", "/")),
        ("dev", _OWN, "/develop", ("", "/develop")),
        ("api", _CUSTOM, "/api/items/", ("", "/api/items/")),
    ],
)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_http_api(stage: str, about: dict[str, str], path: str, expected: tuple[str, str], version: str) -> None:
    """A named stage is part of the path on the API's own domain alone; a custom domain's path that happens to begin
    with the stage's name is left whole.
    """
    assert split(_http(stage, about, version), path, "") == expected


def test_function_url_and_load_balancer() -> None:
    """There is nothing before the path of a function URL or behind a load balancer, nor without Lambda."""
    function_url = {"version": "2.0", "requestContext": {"stage": "$default", "apiId": "x", "domainPrefix": "x"}}
    assert split(function_url, "/api/items/", "") == ("", "/api/items/")
    load_balancer = {"path": "/api/items/", "requestContext": {"elb": {"targetGroupArn": "arn:x"}}}
    assert split(load_balancer, "/api/items/", "") == ("", "/api/items/")
    assert split({}, "/api/items/", "") == ("", "/api/items/")


@pytest.mark.parametrize("event", [_rest("/shop/api/items/", "/shop/api/items/"), _http("v1", _CUSTOM, "1.0"), {}])
def test_base_path(event: dict[str, object]) -> None:
    """A custom domain's base path is taken off the path, at a boundary."""
    assert split(event, "/shop/api/items/", "/shop") == ("/shop", "/api/items/")
    assert split(event, "/shop", "/shop") == ("/shop", "/")
    assert split(event, "/shopping", "/shop") == ("", "/shopping")


def test_base_path_that_the_event_leaves_out() -> None:
    """An HTTP API's format 2.0 doesn't have the base path in its path; links need it all the same."""
    assert split(_http("v1", _CUSTOM), "/api/items/", "/shop") == ("/shop", "/api/items/")
    assert split(_http("v1", _CUSTOM), "/shop/api/items/", "/shop") == ("/shop", "/api/items/")
    assert split(_http("$default", _OWN), "/api/items/", "/shop") == ("", "/api/items/")
