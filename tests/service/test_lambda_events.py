"""The service behind every way to come to a Lambda function, from AWS's own event shapes (tests/events/README.md)."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from observability import lambda_handler
from observability.testing import FakeContext, capture
from service.app import create_app
from service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.store import ItemStore

_EVENTS = Path(__file__).parent.parent / "events"
KINDS = ["rest_v1", "http_v2", "function_url", "alb", "alb_multi_value"]
_LAMP = {"name": "Lamp", "price_cents": 4900, "tags": ["grün"]}


class Function:
    """The service as a Lambda function, composed as service/handler.py does."""

    def __init__(self, store: ItemStore, environ: dict[str, str]) -> None:
        app = create_app(Settings.from_env(environ), store)
        self._capture = capture(app)
        self.seen = self._capture.__enter__()
        self._handler = lambda_handler(app, environ={})

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = self._handler(event, FakeContext())
        json.dumps(answer)  # Lambda's runtime client does the same
        return answer

    def close(self) -> None:
        self._handler.close()
        self._capture.__exit__(None, None, None)


@pytest.fixture
def function_of(sqlite_stores: Callable[[], ItemStore]) -> Iterator[Callable[..., Function]]:
    functions: list[Function] = []

    def make(**environ: str) -> Function:
        functions.append(Function(sqlite_stores(), environ))
        return functions[-1]

    yield make
    for function in functions:
        function.close()


@pytest.fixture
def function(function_of: Callable[..., Function]) -> Function:
    return function_of()


def event_of(kind: str, method: str = "GET", path: str = "/api/items/", **changes: Any) -> dict[str, Any]:
    """The recorded event, for another request. `query`: pairs; `body`: bytes, as Base64 or text; `headers`."""
    event: dict[str, Any] = copy.deepcopy(json.loads((_EVENTS / f"{kind}.json").read_text()))
    _set_path(event, method, path)
    _set_query(event, changes.get("query", []))
    for name, value in changes.get("headers", {}).items():
        if "headers" in event:
            event["headers"][name] = value
        if "multiValueHeaders" in event:
            event["multiValueHeaders"][name] = [value]
    if "body" in changes:
        encoded: bool = changes.get("base64", False)
        event["body"] = (base64.b64encode(changes["body"]) if encoded else changes["body"]).decode()
        event["isBase64Encoded"] = encoded
    return event


def _set_path(event: dict[str, Any], method: str, path: str) -> None:
    if "httpMethod" in event:
        event["httpMethod"], event["path"] = method, path
        if "stage" in event["requestContext"]:
            event["requestContext"] |= {"path": "/prod" + path, "httpMethod": method}
    else:
        event["rawPath"] = path
        event["requestContext"]["http"] |= {"method": method, "path": path}


def _set_query(event: dict[str, Any], query: list[tuple[str, str]]) -> None:
    multiple = {name: [value for key, value in query if key == name] for name, _ in query}
    if "rawQueryString" in event:
        event["rawQueryString"] = urlencode(query)
    if "queryStringParameters" in event:
        event["queryStringParameters"] = {name: values[-1] for name, values in multiple.items()}
    if "multiValueQueryStringParameters" in event:
        event["multiValueQueryStringParameters"] = multiple


def header(answer: dict[str, Any], name: str) -> str | None:
    """A header of the answer, wherever its kind of event has it."""
    found = {key.lower(): value for key, value in (answer.get("headers") or {}).items()}
    several = {key.lower(): values[0] for key, values in (answer.get("multiValueHeaders") or {}).items()}
    text: str | None = (several | found).get(name)
    return text


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def _prefix(kind: str) -> str:
    return "/prod" if kind == "rest_v1" else ""


_JSON = {"content-type": "application/json"}


def test_recorded_event(function: Function, kind: str) -> None:
    """The event as it was recorded, with a query that has one name twice, is answered."""
    answer = function(json.loads((_EVENTS / f"{kind}.json").read_text()))
    assert answer["statusCode"] == 200
    assert answer["isBase64Encoded"] is False
    assert json.loads(answer["body"]) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("encoded", [False, True])
def test_body(function: Function, kind: str, *, encoded: bool) -> None:
    """A body arrives as it was sent, as text and as Base64, beyond ASCII too."""
    body = json.dumps(_LAMP, ensure_ascii=False).encode()
    answer = function(event_of(kind, "POST", body=body, base64=encoded, headers=_JSON))
    assert answer["statusCode"] == 201
    made = json.loads(answer["body"])
    assert made["tags"] == ["grün"]
    assert header(answer, "location") == f"{_prefix(kind)}/api/items/{made['id']}"
    assert header(answer, "etag") == '"1"'


def test_read_what_was_made(function: Function, kind: str) -> None:
    """An item that was made by an event is read, changed and deleted by others."""
    made = function(event_of(kind, "POST", body=json.dumps(_LAMP).encode(), headers=_JSON))
    path = "/api/items/" + json.loads(made["body"])["id"]
    assert json.loads(function(event_of(kind, "GET", path))["body"]) == json.loads(made["body"])
    changed = event_of(kind, "PATCH", path, body=b'{"name": "New"}', headers=_JSON | {"if-match": '"1"'})
    assert json.loads(function(changed)["body"])["name"] == "New"
    assert function(changed)["statusCode"] == 412
    assert function(event_of(kind, "DELETE", path))["statusCode"] == 204
    assert function(event_of(kind, "GET", path))["statusCode"] == 404


def test_query(function: Function, kind: str) -> None:
    """Query values arrive: two pages are joined by a cursor."""
    for name in ("first", "second"):
        body = json.dumps(_LAMP | {"name": name}).encode()
        function(event_of(kind, "POST", body=body, headers=_JSON))
    page = json.loads(function(event_of(kind, query=[("limit", "1")]))["body"])
    assert [item["name"] for item in page["items"]] == ["second"]
    rest = json.loads(function(event_of(kind, query=[("limit", "1"), ("cursor", page["next_cursor"])]))["body"])
    assert [item["name"] for item in rest["items"]] == ["first"]


def test_problem(function: Function, kind: str) -> None:
    """A problem document is text to API Gateway, not Base64, which it would hand to the client as it is."""
    answer = function(event_of(kind, "GET", "/api/nothing"))
    assert answer["statusCode"] == 404
    assert header(answer, "content-type") == "application/problem+json"
    assert answer["isBase64Encoded"] is False
    problem = json.loads(answer["body"])
    assert problem["instance"] == f"{_prefix(kind)}/api/nothing"
    assert problem["request_id"] == header(answer, "x-request-id")


def test_head(function: Function, kind: str) -> None:
    """HEAD has GET's status and headers, and no body."""
    answer = function(event_of(kind, "HEAD", "/api/health"))
    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert header(answer, "content-length") == "18"
    assert function.seen.lines[-1]["message"] == "HEAD /api/health 200"


def test_one_line(function: Function, kind: str) -> None:
    """Each event leaves one line, with the route's template and without the stage."""
    function(event_of(kind, "GET", "/api/items/018bcfe5-6800-7000-8000-000000000000"))
    (line,) = function.seen.lines
    assert (line["route"], line["status"]) == ("/api/items/{item_id}", 404)


def test_links_know_the_stage(function: Function, kind: str) -> None:
    """The welcome page's links, the docs' and the redirect's have the stage before them."""
    prefix = _prefix(kind)
    links = json.loads(function(event_of(kind, "GET", "/"))["body"])["links"]
    assert links["docs"] == f"{prefix}/docs"
    assert links["items"] == f"{prefix}/api/items/"
    assert f"url: '{prefix}/openapi.json'" in function(event_of(kind, "GET", "/docs"))["body"]
    assert f'spec-url="{prefix}/openapi.json"' in function(event_of(kind, "GET", "/redoc"))["body"]
    redirect = header(function(event_of(kind, "GET", "/api/items")), "location") or ""
    assert redirect.endswith((f".amazonaws.com{prefix}/api/items/", ".on.aws/api/items/"))


def test_openapi_knows_the_stage(function: Function) -> None:
    """The OpenAPI document says at which path the API is mounted, so that the docs' requests go there."""
    document = json.loads(function(event_of("rest_v1", "GET", "/openapi.json"))["body"])
    assert document["servers"] == [{"url": "/prod"}]


def test_http_api_with_a_named_stage(function: Function) -> None:
    """An HTTP API's named stage is in the path on the API's own domain: routes don't see it, links have it."""
    event = event_of("http_v2", "GET", "/dev/")
    event["requestContext"]["stage"] = "dev"
    answer = function(event)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["links"]["docs"] == "/dev/docs"


def test_custom_domain(function_of: Callable[..., Function]) -> None:
    """With API_BASE_PATH, a custom domain's base path is taken off, and links have it."""
    function = function_of(API_BASE_PATH="/shop")
    event = event_of("rest_v1", "POST", "/shop/api/items/", body=json.dumps(_LAMP).encode(), headers=_JSON)
    event["requestContext"] |= {"path": "/shop/api/items/", "domainName": "api.example.com", "domainPrefix": "api"}
    answer = function(event)
    assert answer["statusCode"] == 201
    assert (header(answer, "location") or "").startswith("/shop/api/items/")
    assert function.seen.lines[0]["route"] == "/api/items/"


def test_idempotency_key(function: Function, kind: str) -> None:
    """An Idempotency-Key works through every event, with the invocation's own deadline."""
    event = event_of(kind, "POST", body=json.dumps(_LAMP).encode(), headers=_JSON | {"idempotency-key": f"key-{kind}"})
    first, second = function(event), function(event)
    assert (first["statusCode"], second["statusCode"]) == (201, 201)
    assert first["body"] == second["body"]
    assert (header(first, "idempotency-replayed"), header(second, "idempotency-replayed")) == (None, "true")


def test_cookies(function: Function, kind: str) -> None:
    """Cookies, which each event has in a place of its own, do no harm, and are in no line."""
    event = event_of(kind, "GET", "/api/health", headers={"cookie": "session=marker-3f9"})
    if "cookies" in event:
        event["cookies"] = ["session=marker-3f9"]
    assert function(event)["statusCode"] == 200
    assert "marker-3f9" not in "".join(function.seen.text)
