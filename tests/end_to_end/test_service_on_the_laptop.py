"""The service as a user of the laptop's stack meets it: HTTP in, answers out, and what is left behind."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil

from tests.end_to_end.conftest import Laptop, poll

Start = Callable[..., Laptop]
LAMP = {"name": "Lamp", "price_cents": 4900}


def test_one_request_leaves_the_same_ids_everywhere(start: Start) -> None:
    """Answer, problem document, gateway's record, log line and all four kinds of segment carry one trace id."""
    laptop = start()
    answer = laptop.client.get("/api/items/no-such", headers={"X-Correlation-Id": "order-17"})
    trace_id = answer.headers["X-Amzn-Trace-Id"].partition(";")[0].removeprefix("Root=")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["trace_id"] == trace_id
    assert answer.json()["request_id"] == answer.headers["x-amzn-RequestId"] == answer.headers["x-request-id"]

    (line,) = poll(laptop.lines)
    assert (line["xray_trace_id"], line["correlation_id"]) == (trace_id, "order-17")
    assert (line["route"], line["status"], line["cold_start"]) == ("/api/items/{item_id}", 404, True)
    assert line["request_id"] == answer.headers["x-amzn-RequestId"]

    documents = poll(lambda: found if len(found := laptop.documents()) == 4 else None)
    assert {document["trace_id"] for document in documents} == {trace_id}
    by_origin = {document.get("origin", document["name"]): document for document in documents}
    stage, service = by_origin["AWS::ApiGateway::Stage"], by_origin["AWS::Lambda"]
    function, items = by_origin["AWS::Lambda::Function"], by_origin["items"]
    assert service["parent_id"] == stage["subsegments"][0]["id"]
    assert function["parent_id"] == service["id"]
    assert items["parent_id"] == function["id"]
    assert [below["name"] for below in function["subsegments"]] == ["Initialization", "Invocation", "Overhead"]
    (record,) = laptop.requests()
    assert record["trace_id"] == trace_id


def test_access_log_has_the_same_ids(start: Start) -> None:
    """API Gateway's own line, in the log group that the template gives the stage: JSON with the answer's ids."""
    laptop = start()
    answer = laptop.client.get("/api/health")
    folder = laptop.folder / "logs/aws/apigateway/local-items"
    (text,) = poll(lambda: [text for file in folder.glob("*.log") if (text := file.read_text()).endswith("\n")])
    line = json.loads(text.partition(" ")[2])
    assert line["request_id"] == answer.headers["x-amzn-RequestId"]
    assert answer.headers["X-Amzn-Trace-Id"].startswith(f"Root={line['trace_id']};")
    assert (line["status"], line["integration_status"], line["resource"]) == ("200", "200", "/{proxy+}")
    assert (line["error"], line["error_type"]) == ("-", "-")
    (record,) = laptop.requests()
    assert line["function_request_id"] == record["function_request_id"]


def test_gateways_own_errors_are_problem_documents(start: Start) -> None:
    """A body over API Gateway's 10 MB is refused as the service would refuse it: one kind of error for clients."""
    laptop = start()
    answer = laptop.client.post("/api/items/", content=bytes(10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    document = answer.json()
    assert document["request_id"] == answer.headers["x-amzn-RequestId"]
    assert {**document, "request_id": "", "trace_id": ""} == {
        "type": "about:blank",
        "title": "Content Too Large",
        "status": 413,
        "detail": "Request Too Long",
        "instance": "/api/items/",
        "trace_id": "",
        "request_id": "",
    }


def test_items_live_through_the_whole_stack(start: Start) -> None:
    """Create, read, list, change with If-Match, refuse a stale change, delete; a restart keeps what was stored."""
    laptop = start()
    created = laptop.client.post("/api/items/", json=LAMP)
    place = created.headers["Location"]
    assert (created.status_code, created.headers["ETag"]) == (201, '"1"')
    assert laptop.client.get(place).json() == created.json()
    assert laptop.client.patch(place, json={"price_cents": 1}, headers={"If-Match": '"1"'}).headers["ETag"] == '"2"'
    assert laptop.client.put(place, json=LAMP, headers={"If-Match": '"1"'}).status_code == 412
    assert [item["price_cents"] for item in laptop.client.get("/api/items/").json()["items"]] == [1]
    assert laptop.client.delete(place).status_code == 204
    assert laptop.client.get(place).status_code == 404
    assert laptop.client.head("/api/health").content == b""
    assert laptop.client.get("/api/health/ready").json() == {"status": "ready"}


def test_concurrent_duplicates_make_one_item(start: Start) -> None:
    """Eight at once with one Idempotency-Key, in eight sandboxes: one item, one answer, seven of them replays."""
    laptop = start()
    answers = laptop.at_once(
        [lambda: laptop.client.post("/api/items/", json=LAMP, headers={"Idempotency-Key": "k-1"})] * 8
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sorted(answer.headers.get("Idempotency-Replayed", "false") for answer in answers) == ["false"] + ["true"] * 7
    assert len(laptop.client.get("/api/items/").json()["items"]) == 1
    other = laptop.client.post("/api/items/", json={**LAMP, "name": "Other"}, headers={"Idempotency-Key": "k-1"})
    assert other.status_code == 422


def test_no_acknowledged_item_is_lost_when_sandboxes_are_killed(start: Start) -> None:
    """kill -9 of every sandbox in the middle of writes: each 201 is in the store; the killed answer 502; it goes on."""
    laptop = start()

    def create(number: int) -> tuple[int, str]:
        if number % 10 == 5:
            for sandbox in laptop.sandboxes():
                with suppress(psutil.NoSuchProcess):
                    sandbox.kill()
        answer = laptop.client.post("/api/items/", json={**LAMP, "name": f"n{number}"})
        return answer.status_code, f"n{number}"

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(create, range(40)))
    acknowledged = {name for status, name in outcomes if status == 201}
    assert {status for status, _ in outcomes} <= {201, 502}
    assert len(acknowledged) >= 20
    stored = {item["name"] for item in laptop.client.get("/api/items/?limit=100").json()["items"]}
    assert acknowledged <= stored


def test_writes_need_a_key_when_the_setting_says_so(start: Start) -> None:
    """AUTH_MODE=writes: reading is public, writing needs the key; the key itself is in no file of the run."""
    key = "marker-4f1c0c1b"
    laptop = start(AUTH_MODE="writes", AUTH_API_KEYS_SHA256=hashlib.sha256(key.encode()).hexdigest())
    assert laptop.client.get("/api/items/").status_code == 200
    refused = laptop.client.post("/api/items/", json=LAMP)
    assert refused.status_code == 401
    assert "x-amzn-remapped-www-authenticate" in refused.headers
    assert laptop.client.post("/api/items/", json=LAMP, headers={"X-Api-Key": key}).status_code == 201
    poll(lambda: len(laptop.lines()) == 3)
    kept = [path for path in laptop.folder.parent.rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if key.encode() in path.read_bytes()] == []


def test_under_a_stage_every_link_keeps_the_stage(start: Start) -> None:
    """Served as execute-api does, under /dev: the pages work there, and name their document under /dev too."""
    laptop = start(LOCAL_STAGE_PATH="on")
    base = str(laptop.client.base_url).rstrip("/").removesuffix("/dev")
    for path in ("/docs", "/redoc"):
        assert "/dev/openapi.json" in laptop.client.get(f"{base}/dev{path}").text
    assert laptop.client.get(f"{base}/dev/openapi.json").json()["info"]["title"] == "Items"
    assert laptop.client.get(f"{base}/dev/api/items", follow_redirects=True).json() == {
        "items": [],
        "next_cursor": None,
    }
    assert laptop.client.get(f"{base}/api/health").json() == {"message": "Missing Authentication Token"}
