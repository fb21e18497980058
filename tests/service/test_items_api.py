"""/api/items/ over both stores."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from service.store import ItemStore
    from tests.service.conftest import Client

LAMP = {"name": "Lamp", "description": "Green glass", "price_cents": 4900, "tags": ["light", "grün"]}
NOWHERE = "/api/items/018bcfe5-6800-7000-8000-000000000000"


def _make(client: Client, **members: Any) -> httpx.Response:
    answer = client.post("/api/items/", json=LAMP | members)
    assert answer.status_code == 201, answer.text
    return answer


def test_create(client: Client) -> None:
    """POST answers 201 with the item, its place and its ETag."""
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    answer = _make(client)
    item = answer.json()
    assert {key: item[key] for key in LAMP} == LAMP
    assert item["version"] == 1
    assert item["created_at"] == item["updated_at"]
    assert before <= datetime.fromisoformat(item["created_at"]) <= datetime.now(UTC)
    assert answer.headers["location"] == f"/api/items/{item['id']}"
    assert answer.headers["etag"] == '"1"'
    assert "idempotency-replayed" not in answer.headers


def test_create_with_defaults(client: Client) -> None:
    """A name and a price are enough."""
    item = client.post("/api/items/", json={"name": "Lamp", "price_cents": 0}).json()
    assert (item["description"], item["tags"]) == ("", [])


def test_read(client: Client) -> None:
    """GET answers what was created, at the place that POST named."""
    made = _make(client)
    answer = client.get(made.headers["location"])
    assert answer.status_code == 200
    assert answer.json() == made.json()
    assert answer.headers["etag"] == '"1"'


@pytest.mark.parametrize(
    ("header", "status"), [('"1"', 304), ('W/"1"', 304), ("*", 304), ('"7", "1"', 304), ('"2"', 200)]
)
def test_read_if_changed(client: Client, header: str, status: int) -> None:
    """If-None-Match spares the client an item that it has: 304, with the ETag and no body."""
    answer = client.get(_make(client).headers["location"], headers={"If-None-Match": header})
    assert answer.status_code == status
    assert answer.headers["etag"] == '"1"'
    assert (answer.content == b"") is (status == 304)


def test_replace(client: Client) -> None:
    """PUT replaces every member but id and creation, and makes a new version."""
    made = _make(client)
    answer = client.put(made.headers["location"], json={"name": "Vase", "price_cents": 1})
    item = answer.json()
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert (item["name"], item["description"], item["price_cents"], item["tags"]) == ("Vase", "", 1, [])
    assert (item["id"], item["created_at"], item["version"]) == (made.json()["id"], made.json()["created_at"], 2)
    assert datetime.fromisoformat(item["updated_at"]) >= datetime.fromisoformat(item["created_at"])
    assert client.get(made.headers["location"]).json() == item


def test_patch(client: Client) -> None:
    """PATCH changes the members it names and keeps the others."""
    made = _make(client)
    answer = client.patch(made.headers["location"], json={"price_cents": 3900, "tags": []})
    item = answer.json()
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert (item["name"], item["description"]) == ("Lamp", "Green glass")
    assert (item["price_cents"], item["tags"], item["version"]) == (3900, [], 2)


def test_patch_as_merge_patch(client: Client) -> None:
    """PATCH takes application/merge-patch+json (RFC 7396) as well."""
    place = _make(client).headers["location"]
    headers = {"Content-Type": "application/merge-patch+json"}
    answer = client.patch(place, content=b'{"name": "Lantern"}', headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (200, "Lantern")


def test_delete(client: Client) -> None:
    """DELETE answers 204 with no body; then the item is gone."""
    place = _make(client).headers["location"]
    answer = client.delete(place)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    assert client.get(place).status_code == 404
    assert client.delete(place).status_code == 404
    assert client.get("/api/items/").json() == {"items": [], "next_cursor": None}


def test_pages(client: Client) -> None:
    """A listing is newest first, in pages that a cursor joins; the last page has none."""
    names = [_make(client, name=f"item {number}").json()["name"] for number in range(5)]
    seen: list[str] = []
    path, sizes = "/api/items/?limit=2", []
    while True:
        page = client.get(path).json()
        seen += [item["name"] for item in page["items"]]
        sizes.append(len(page["items"]))
        if page["next_cursor"] is None:
            break
        path = f"/api/items/?limit=2&cursor={page['next_cursor']}"
    assert seen == names[::-1]
    assert sizes == [2, 2, 1]


def test_page_that_ends_with_the_list(client: Client) -> None:
    """A page that holds the last items leads nowhere, even when it is full."""
    for _ in range(2):
        _make(client)
    assert client.get("/api/items/?limit=2").json()["next_cursor"] is None


def test_pages_while_items_come(client: Client) -> None:
    """An item created between two pages neither repeats nor skips another."""
    first = [_make(client).json()["id"] for _ in range(3)]
    page = client.get("/api/items/?limit=2").json()
    _make(client)
    rest = client.get(f"/api/items/?limit=2&cursor={page['next_cursor']}").json()
    assert [item["id"] for item in page["items"] + rest["items"]] == first[::-1]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=-1"])
def test_limit(client: Client, query: str) -> None:
    """A page has 1 to 100 items."""
    answer = client.get(f"/api/items/?{query}")
    assert answer.status_code == 422
    assert [(one["in"], one["pointer"]) for one in answer.json()["errors"]] == [("query", "#/limit")]


def test_bad_cursor(client: Client) -> None:
    """A cursor that no page gave is a bad request."""
    answer = client.get("/api/items/?cursor=nonsense")
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:glasshouse:problem:bad-cursor"


@pytest.mark.parametrize(
    "path", [NOWHERE, "/api/items/nonsense", "/api/items/idempotency%230", "/api/items/%F0%9F%92%A1"]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_no_such_item(client: Client, method: str, path: str) -> None:
    """An id that no item has is 404, whatever its shape; nothing creates an item at it."""
    body = {"PUT": LAMP, "PATCH": {"name": "x"}}.get(method)
    answer = client.request(method, path, json=body)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:glasshouse:problem:no-such-item"
    for conditional in ({"If-Match": "*"}, {"If-None-Match": '"1"'}):
        assert client.request(method, path, json=body, headers=conditional).status_code == 404


def _change(client: Client, method: str, place: str, **headers: str) -> httpx.Response:
    body = {"PUT": {"name": "New", "price_cents": 1}, "PATCH": {"name": "New"}}.get(method)
    return client.request(method, place, json=body, headers=headers)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ['"1"', "*", '"9", "1"'])
def test_change_of_the_version_one_knows(client: Client, method: str, header: str) -> None:
    """A write whose If-Match names the present version, among others or by *, is done."""
    place = _make(client).headers["location"]
    assert _change(client, method, place, **{"If-Match": header}).status_code in (200, 204)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ['"2"', 'W/"1"', '"2", W/"1"'])
def test_change_of_another_version(client: Client, method: str, header: str) -> None:
    """A write whose If-Match names other versions, or the right one weakly, is 412 and changes nothing."""
    made = _make(client)
    answer = _change(client, method, made.headers["location"], **{"If-Match": header})
    assert answer.status_code == 412
    assert answer.json()["type"] == "urn:glasshouse:problem:version-mismatch"
    assert client.get(made.headers["location"]).json() == made.json()


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
def test_malformed_condition(client: Client, method: str, name: str) -> None:
    """A condition that can't be read is 400: it neither holds nor fails."""
    answer = _change(client, method, _make(client).headers["location"], **{name: "1"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:glasshouse:problem:bad-etag"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_write_if_none_match(client: Client, method: str) -> None:
    """If-None-Match on a write refuses the versions it names (RFC 9110, section 13.1.2)."""
    place = _make(client).headers["location"]
    assert _change(client, method, place, **{"If-None-Match": "*"}).status_code == 412
    assert _change(client, method, place, **{"If-None-Match": '"5"'}).status_code in (200, 204)


def test_conditions_in_two_headers(client: Client) -> None:
    """A header that comes twice is one list (RFC 9110, section 5.3)."""
    place = _make(client).headers["location"]
    headers = [("If-Match", '"8"'), ("If-Match", '"1"')]
    assert client.patch(place, json={"name": "x"}, headers=headers).status_code == 200


def test_no_update_is_lost(stores: Callable[[], ItemStore], client_of: Callable[..., Client]) -> None:
    """Patches of different members at once, without If-Match, all arrive: a lost race is run again."""
    clients = [client_of(stores()) for _ in range(3)]
    place = _make(clients[0]).headers["location"]
    changes = [{"name": "New"}, {"description": "new"}, {"price_cents": 7}]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda pair: pair[0].patch(place, json=pair[1]), zip(clients, changes, strict=True)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    item = clients[0].get(place).json()
    assert (item["name"], item["description"], item["price_cents"], item["version"]) == ("New", "new", 7, 4)


@pytest.mark.parametrize(
    ("members", "pointer", "code"),
    [
        ({"name": ""}, "#/name", "string_too_short"),
        ({"name": "x" * 201}, "#/name", "string_too_long"),
        ({"name": None}, "#/name", "string_type"),
        ({"name": 5}, "#/name", "string_type"),
        ({"description": "x" * 2_001}, "#/description", "string_too_long"),
        ({"price_cents": -1}, "#/price_cents", "greater_than_equal"),
        ({"price_cents": 1_000_000_001}, "#/price_cents", "less_than_equal"),
        ({"price_cents": 1.5}, "#/price_cents", "int_type"),
        ({"price_cents": "5"}, "#/price_cents", "int_type"),
        ({"price_cents": True}, "#/price_cents", "int_type"),
        ({"tags": ["x"] * 21}, "#/tags", "too_long"),
        ({"tags": ["ok", ""]}, "#/tags/1", "string_too_short"),
        ({"tags": ["x" * 51]}, "#/tags/0", "string_too_long"),
        ({"tags": "light"}, "#/tags", "list_type"),
        ({"colour/~": "red"}, "#/colour~1~0", "extra_forbidden"),
        ({"id": "mine"}, "#/id", "extra_forbidden"),
        ({"version": 7}, "#/version", "extra_forbidden"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_invalid_member(sqlite_client: Client, method: str, members: dict[str, Any], pointer: str, code: str) -> None:
    """A member outside of its limits, or none of ours, is 422 and named by a JSON pointer, in every way to write."""
    place = "/api/items/" if method == "POST" else _make(sqlite_client).headers["location"]
    body = members if method == "PATCH" else LAMP | members
    answer = sqlite_client.request(method, place, json=body)
    assert answer.status_code == 422
    assert [(one["in"], one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("body", pointer, code)]


@pytest.mark.parametrize("members", [{}, {"name": None}, {"description": None}, {"price_cents": None}, {"tags": None}])
def test_patch_that_says_nothing(sqlite_client: Client, members: dict[str, Any]) -> None:
    """A patch changes at least one member, and none to null."""
    place = _make(sqlite_client).headers["location"]
    assert sqlite_client.patch(place, json=members).status_code == 422


def test_limits_are_inclusive(client: Client) -> None:
    """The longest name, description and tags, and the highest price, in characters outside of the basic plane."""
    large = {"name": "\U0001f4a1" * 200, "description": "\U0001f4a1" * 2_000, "tags": ["\U0001f4a1" * 50] * 20}
    made = _make(client, **large, price_cents=1_000_000_000)
    assert client.get(made.headers["location"]).json() == made.json()
    assert made.json()["name"] == "\U0001f4a1" * 200


@pytest.mark.parametrize("member", ["name", "description", "tags"])
def test_lone_surrogate(client: Client, member: str) -> None:
    """A string that UTF-8 can't carry is 422, not a fault of the store or of the answer."""
    body = json.dumps(LAMP | {member: ["\ud800"] if member == "tags" else "\ud800"})
    answer = client.post("/api/items/", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "string_unicode" in {one["code"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("name", ["'; DROP TABLE items; --", "\x00", "<script>", "../..", "{{7*7}}", "\u202e"])
def test_hostile_text(client: Client, name: str) -> None:
    """Text is data: it comes back as it went in."""
    made = _make(client, name=name)
    assert client.get(made.headers["location"]).json()["name"] == name


def test_whole_number_with_a_fraction_of_zero(sqlite_client: Client) -> None:
    """49.0 is the integer 49 (JSON Schema 2020-12, section 6.1.1); 1e400 and NaN are no integers."""
    headers = {"Content-Type": "application/json"}
    made = sqlite_client.post("/api/items/", content=b'{"name": "x", "price_cents": 49.0}', headers=headers)
    assert made.json()["price_cents"] == 49
    for price in (b"1e400", b"NaN", b"-Infinity"):
        body = b'{"name": "x", "price_cents": ' + price + b"}"
        assert sqlite_client.post("/api/items/", content=body, headers=headers).status_code == 422
