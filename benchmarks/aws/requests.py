"""PURE: the requests of the load, as bytes that are ready but for the time in them.

The bytes are what boto3 sends (awsJson), with the headers that a server reads: the target, and the credential's scope.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

GROUP, STREAM, NAMESPACE = "/bench/service", "one", "Bench"
DIMENSIONS = [{"Name": "service", "Value": "items"}]
HUNDRED = 100
#: Thirteen digits, as milliseconds since the epoch have: a request's length does not depend on its time.
STAMP = "0000000000000"


def event() -> str:
    """A request's wide line, in CloudWatch's embedded metric format: two metrics, two sets of dimensions."""
    metrics = [{"Name": "Latency", "Unit": "Milliseconds"}, {"Name": "Requests", "Unit": "Count"}]
    directive = {"Namespace": NAMESPACE, "Dimensions": [["service"], ["service", "route"]], "Metrics": metrics}
    line = {
        "_aws": {"Timestamp": STAMP, "CloudWatchMetrics": [directive]},
        "service": "items",
        "route": "/api/items/{item_id}",
        "method": "GET",
        "status": 200,
        "cold_start": False,
        "request_id": "6b2c1f0e-6f3f-4d7e-9a53-0d4b1c2a7f10",
        "xray_trace_id": "1-6745a3c2-0123456789abcdef01234567",
        "Latency": 12.5,
        "Requests": 1,
    }
    return json.dumps(line).replace(f'"{STAMP}"', STAMP)


def put_log_events(port: int, events: int) -> bytes:
    entries = [{"timestamp": STAMP, "message": event()} for _ in range(events)]
    body = {"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": entries}
    return _request(port, "logs", "Logs_20140328.PutLogEvents", "1.1", body)


def put_metric_data(port: int) -> bytes:
    data = [{"MetricName": "Direct", "Dimensions": DIMENSIONS, "Value": 12.5, "Unit": "Milliseconds"}]
    body = {"Namespace": NAMESPACE, "MetricData": data}
    return _request(port, "monitoring", "GraniteServiceVersion20100801.PutMetricData", "1.0", body)


#: The loads by their names, which are the table's.
LOADS: Mapping[str, Callable[[int], bytes]] = {
    "one-event PutLogEvents": lambda port: put_log_events(port, 1),
    "hundred-event PutLogEvents": lambda port: put_log_events(port, HUNDRED),
    "PutMetricData": put_metric_data,
}


def stamped(request: bytes, now_ms: int) -> bytes:
    return request.replace(STAMP.encode(), str(now_ms).encode())


def _request(port: int, service: str, target: str, version: str, body: Mapping[str, Any]) -> bytes:
    text = json.dumps(body).replace(f'"timestamp": "{STAMP}"', f'"timestamp": {STAMP}').encode()
    scope = f"Credential=any/20260101/us-east-1/{service}/aws4_request"
    head = (
        "POST / HTTP/1.1",
        f"Host: localhost:{port}",
        f"X-Amz-Target: {target}",
        f"Content-Type: application/x-amz-json-{version}",
        f"Authorization: AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
        f"Content-Length: {len(text)}",
    )
    return "\r\n".join([*head, "", ""]).encode() + text
