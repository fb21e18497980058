"""Made-up telemetry of a function behind an API: for each request its trace's documents and its log lines."""

import json
from collections.abc import Iterator
from typing import Any

from local.logs import LogEvent, LogSource

FUNCTION = "shop-api"
GROUP = f"/aws/lambda/{FUNCTION}"
ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{FUNCTION}"
ROUTES = ("/items/{item_id}", "/items", "/orders", "/orders/{order_id}")
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def trace_id(number: int, start_s: float) -> str:
    return f"1-{int(start_s):08x}-{number:024x}"


def request_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


def segment_id(number: int, part: int) -> str:
    return f"{number:012x}{part:04x}"


def is_cold(number: int) -> bool:
    return number % 20 == 0


def is_fault(number: int) -> bool:
    return number % 13 == 5


def length_s(number: int) -> float:
    """From 12 ms to about 100 ms, some ten times as long."""
    return (0.012 + (number * 37 % 89) / 1000) * (10 if number % 31 == 7 else 1)


def documents(number: int, start_s: float) -> list[dict[str, Any]]:
    """An API's segment, Lambda's two, and what the function sent: its handler with a table, a database, a service."""
    trace, route, method = trace_id(number, start_s), ROUTES[number % 4], "GET" if number % 3 else "POST"
    init = 0.42 if is_cold(number) else 0.0
    began, took = start_s + 0.004 + init, length_s(number)
    ended = began + took
    status = 500 if is_fault(number) else 404 if number % 17 == 3 else 200
    flags: dict[str, Any] = {"fault": True} if status == 500 else {"error": True} if status == 404 else {}
    http = {"request": {"method": method, "url": f"https://api.example.com{route}"}, "response": {"status": status}}
    about = {"function_arn": ARN, "request_id": request_id(number)}

    def ids(part: int) -> dict[str, Any]:
        return {"id": segment_id(number, part), "trace_id": trace}

    api = {
        **ids(1), "name": "shop/dev", "origin": "AWS::ApiGateway::Stage", "start_time": start_s,
        "end_time": ended + 0.003, "http": http, **flags,
    }  # fmt: skip
    service = {
        **ids(2), "parent_id": segment_id(number, 1), "name": FUNCTION, "origin": "AWS::Lambda",
        "start_time": start_s + 0.002, "end_time": ended + 0.002, "aws": {"request_id": request_id(number)},
        "http": {"response": {"status": 200}},
    }  # fmt: skip
    spans: list[dict[str, Any]] = [
        {"id": segment_id(number, 5), "name": "Invocation", "start_time": began, "end_time": ended, "aws": about}
    ]
    if init:
        spans.insert(
            0,
            {"id": segment_id(number, 4), "name": "Initialization", "start_time": start_s + 0.004, "end_time": began,
             "aws": about},
        )  # fmt: skip
    function = {
        **ids(3), "parent_id": segment_id(number, 2), "name": FUNCTION, "origin": "AWS::Lambda::Function",
        "start_time": start_s + 0.004, "end_time": ended + 0.001, "aws": {**about, "account_id": "123456789012"},
        "subsegments": spans,
    }  # fmt: skip
    handler = {
        **ids(6), "parent_id": segment_id(number, 3), "type": "subsegment", "name": f"{method} {route}",
        "start_time": began + 0.001, "end_time": ended - 0.001, "http": http, **flags, **_cause(number),
        "annotations": {
            "route": route, "cold_start": bool(init), "request_id": request_id(number), "customer": number % 5,
        },
        "metadata": {"service": {"note": "made up", "numbers": [number, number + 1]}},
        "subsegments": _calls(number, began + 0.002, (took - 0.004) / 2),
    }  # fmt: skip
    return [api, service, function, handler]


def _calls(number: int, start: float, length: float) -> list[dict[str, Any]]:
    table = {
        "id": segment_id(number, 7), "name": "DynamoDB", "namespace": "aws", "start_time": start,
        "end_time": start + length, "aws": {"operation": "GetItem", "table_name": "items", "request_id": "R"},
        "http": {"response": {"status": 200}},
    }  # fmt: skip
    query = {
        "id": segment_id(number, 8), "name": "orders@db.example.com", "namespace": "remote",
        "start_time": start + length, "end_time": start + length * 1.6,
        "sql": {"sanitized_query": "SELECT * FROM orders WHERE id = ?", "database_type": "PostgreSQL"},
    }  # fmt: skip
    return [table, query] if number % 2 else [table]


def _cause(number: int) -> dict[str, Any]:
    if not is_fault(number):
        return {}
    stack = [
        {"path": "service/items.py", "line": 41, "label": "read_item"},
        {"path": "service/store.py", "line": 17, "label": "get"},
    ]
    exception = {"id": segment_id(number, 9), "type": "KeyError", "message": "'price'", "stack": stack}
    return {"cause": {"working_directory": "/var/task", "exceptions": [exception]}}


def lines(number: int, start_s: float) -> Iterator[LogEvent]:
    """START, the request's wide line, END and REPORT, in Lambda's text format."""
    began = int((start_s + 0.004) * 1000)
    ended = began + int(length_s(number) * 1000)
    fault = is_fault(number)
    wide: dict[str, Any] = {
        "level": "ERROR" if fault else "INFO",
        "message": f"GET {ROUTES[number % 4]} {500 if fault else 200}",
        "route": ROUTES[number % 4],
        "status": 500 if fault else 200,
        "duration_ms": round(length_s(number) * 1000, 3),
        "Faults": int(fault),
        "cold_start": is_cold(number),
        "xray_trace_id": trace_id(number, start_s),
        "function_request_id": request_id(number),
    }
    init = "Init Duration: 420.00 ms\t" if is_cold(number) else ""
    spent = length_s(number) * 1000
    report = (
        f"REPORT RequestId: {request_id(number)}\tDuration: {spent:.2f} ms\tBilled Duration: {int(spent) + 1} ms\t"
        f"Memory Size: 512 MB\tMax Memory Used: {90 + number % 7} MB\t{init}\n"
        f"XRAY TraceId: {trace_id(number, start_s)}\tSegmentId: {segment_id(number, 3)}\tSampled: true\t"
    )
    for at, message, source in (
        (began, f"START RequestId: {request_id(number)} Version: $LATEST", LogSource.PLATFORM),
        (ended, json.dumps(wide), LogSource.FUNCTION),
        (ended, f"END RequestId: {request_id(number)}", LogSource.PLATFORM),
        (ended, report, LogSource.PLATFORM),
    ):
        yield LogEvent(GROUP, f"2026/11/26/[$LATEST]{number // 20:032x}", at, message, source, request_id(number))
