"""Any request at all: it is answered, and never by a fault of ours."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.endpoint import Operation, Operations, cbor
from local.endpoint.dispatch import Dispatcher
from local.endpoint.wire import WireAnswer, WireRequest
from tests.local.endpoint.conftest import EVERYTHING

CREDENTIAL = "AWS4-HMAC-SHA256 Credential=AKID/20261126/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
ANSWERED = {200, 400, 403, 404, 501}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
NAMES = st.sampled_from(
    ["Namespace", "MetricData", "MetricName", "Dimensions", "Name", "Value", "Values", "Timestamp", "logGroupName"]
)
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(), inner))
KEYS = st.lists(NAMES | st.sampled_from(["member", "1", "2", "entry", "key", "", "0", "99999999999"]), min_size=1).map(
    ".".join
)


class Asked:
    """A dispatcher whose operations answer nothing; what it told of bugs."""

    def __init__(self) -> None:
        self.told: list[str] = []
        nothing: Operation = Operation(lambda _call: {}, EVERYTHING)
        operations: dict[str, Operations] = {
            "cloudwatch": {"PutMetricData": nothing},
            "logs": {"PutLogEvents": nothing},
            "lambda": {"Invoke": nothing, "UpdateFunctionConfiguration": nothing},
        }
        self.dispatcher = Dispatcher(operations, self.told.append)
        self._runner = asyncio.Runner()

    def __call__(
        self, body: bytes, service: str, *, path: str = "/", method: str = "POST", query: str = "", **headers: str
    ) -> WireAnswer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = {"authorization": CREDENTIAL.format(service), **named}
        answer = self._runner.run(self.dispatcher.handle(WireRequest(method, path, query, signed, body)))
        assert answer.status in ANSWERED
        assert self.told == []
        return answer

    def close(self) -> None:
        self.dispatcher.close()
        self._runner.close()


@pytest.fixture(scope="module")
def asked() -> Iterator[Asked]:
    found = Asked()
    yield found
    found.close()


@given(body=st.binary() | DOCUMENTS.map(lambda document: json.dumps(document).encode()))
@settings(deadline=None, max_examples=200)
def test_any_json_body(asked: Asked, body: bytes) -> None:
    """AwsJson and REST-JSON: bytes that are no JSON, and JSON that is no request."""
    asked(body, "logs", x_amz_target="Logs_20140328.PutLogEvents", content_type="application/x-amz-json-1.1")
    asked(body, "lambda", path="/2015-03-31/functions/items/configuration", method="PUT")


@given(body=st.binary() | DOCUMENTS.map(lambda document: cbor.encode(clamped(document))))
@settings(deadline=None, max_examples=200)
def test_any_cbor_body(asked: Asked, body: bytes) -> None:
    """Bytes that are no CBOR, and CBOR that is no request."""
    path = "/service/GraniteServiceVersion20100801/operation/PutMetricData"
    asked(body, "monitoring", path=path, smithy_protocol="rpc-v2-cbor")


@given(body=st.binary() | st.lists(st.tuples(KEYS, st.text())).map(lambda pairs: urlencode(pairs).encode()))
@settings(deadline=None, max_examples=200)
def test_any_form(asked: Asked, body: bytes) -> None:
    """Query: fields that contradict each other, numbers that are none, names that lead nowhere."""
    whole = b"Action=PutMetricData&Version=2010-08-01&" + body
    asked(whole, "monitoring", content_type="application/x-www-form-urlencoded")


@given(name=st.text(min_size=1), query=st.text())
@settings(deadline=None, max_examples=200)
def test_any_path(asked: Asked, name: str, query: str) -> None:
    """REST-JSON: labels and fields of any text."""
    path = f"/2015-03-31/functions/{quote(name, safe='')}/invocations"
    asked(b"", "lambda", path=path, query=quote(query, safe="&="))


@given(authorization=st.text(), target=st.text())
@settings(deadline=None, max_examples=100)
def test_any_header(asked: Asked, authorization: str, target: str) -> None:
    """Signatures and targets of any text."""
    asked(b"{}", "logs", authorization=authorization, x_amz_target=target)


def test_many_keys_and_deep_ones(asked: Asked) -> None:
    """20,001 fields; a field a thousand members deep."""
    form = {"content_type": "application/x-www-form-urlencoded"}
    many = "&".join(f"a{number}=" for number in range(20_001)).encode()
    assert b"MalformedQueryString" in asked(many, "monitoring", **form).body
    deep = b"Action=PutMetricData&Version=2010-08-01&" + b".".join([b"a"] * 1000) + b"=1"
    assert asked(deep, "monitoring", **form).status == 400


def clamped(document: Any) -> Any:
    """CBOR's integers have 64 bits."""
    if isinstance(document, dict):
        return {key: clamped(value) for key, value in document.items()}
    if isinstance(document, list):
        return [clamped(value) for value in document]
    if isinstance(document, int) and not isinstance(document, bool):
        return max(-(2**63), min(document, 2**63 - 1))
    return document
