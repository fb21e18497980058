"""What botocore writes is what we read, and what we write is what botocore reads: every kind of shape, any value."""

import contextlib
import math
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import given, settings
from hypothesis import strategies as st

from local.endpoint import cbor
from local.endpoint.check import Checks
from local.endpoint.protocols import AwsJson, Query, RestJson, RpcV2Cbor, WireProtocol
from local.endpoint.wire import WireRequest
from tests.local.endpoint.toy import toy

PROTOCOLS: dict[str, WireProtocol] = {
    "json": AwsJson("1.1"),
    "query": Query(),
    "rest-json": RestJson(),
    "smithy-rpc-v2-cbor": RpcV2Cbor(),
}
# No control characters: XML 1.0 can't say them. No surrogates: they are halves of characters.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
HEADER = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='",'), min_size=1)
MOMENT = st.integers(0, 4_000_000_000_000).map(lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms))
SECOND = st.integers(0, 4_000_000_000).map(lambda s: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXT,
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False, width=32),
    "double": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "blob": st.binary(max_size=50),
    "timestamp": MOMENT,
}


def values(shape: Shape, deep: int = 3) -> st.SearchStrategy[Any]:
    if isinstance(shape, StructureShape):
        members = {
            name: values(member, deep - 1)
            for name, member in shape.members.items()
            if deep > 0 or not isinstance(member, StructureShape)
        }
        required = {name: members.pop(name) for name in shape.required_members}
        return st.fixed_dictionaries(required, optional=members)
    if isinstance(shape, ListShape):
        flat = shape.serialization.get("flattened")
        least = 1 if flat or shape.metadata.get("min") else 0
        return st.lists(values(shape.member, deep - 1), min_size=least, max_size=3)
    if isinstance(shape, MapShape):
        # The Query protocol has no way to say an empty map, and a struct of it that is empty is none.
        return st.dictionaries(TEXT, values(shape.value, deep - 1), min_size=1, max_size=3)
    if shape.type_name == "timestamp":
        whole = shape.serialization.get("timestampFormat") == "rfc822"
        return SECOND if whole else MOMENT
    if shape.metadata.get("min"):
        return HEADER
    return SCALARS[shape.type_name]


@cache
def model(protocol: str) -> tuple[ServiceModel, OperationModel]:
    service = toy(protocol)
    return service, service.operation_model("Echo")


@cache
def inputs(protocol: str) -> st.SearchStrategy[Any]:
    shape = model(protocol)[1].input_shape
    assert shape is not None
    return values(shape)


@cache
def outputs(protocol: str) -> st.SearchStrategy[Any]:
    shape = model(protocol)[1].output_shape
    assert shape is not None
    return values(shape)


def wire(request: Any) -> WireRequest:
    """botocore's request dictionary as it goes over the wire."""
    body = request["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    return WireRequest(
        request["method"],
        request["url_path"],
        urlencode(request["query_string"], doseq=True) if request["query_string"] else "",
        {name.lower(): str(value) for name, value in request["headers"].items()},
        body.encode() if isinstance(body, str) else bytes(body or b""),
    )


def said(value: Any, protocol: str) -> Any:
    """What of a value the protocol says at all: Query and REST's empty structures are as if they were not there."""
    if isinstance(value, dict):
        kept = {name: said(item, protocol) for name, item in value.items()}
        return {name: item for name, item in kept.items() if protocol != "query" or item != {}}
    if isinstance(value, list):
        items = [said(item, protocol) for item in value]
        return [item for item in items if item != {}] if protocol == "query" else items
    return value


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_botocore_sends_is_read_as_it_was_given(protocol: str, data: st.DataObject) -> None:
    """Every kind of shape through botocore.serialize and our reader: equal, and without a problem to the check."""
    _, operation = model(protocol)
    parameters = said(data.draw(inputs(protocol)), protocol)
    request = create_serializer(protocol, include_validation=False).serialize_to_request(parameters, operation)
    found = PROTOCOLS[protocol].read(wire(request), operation)
    assert found == parameters
    shape = operation.input_shape
    assert shape is not None
    assert Checks().of(shape)(found) is None


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_we_answer_is_read_by_botocore_as_it_was_given(protocol: str, data: st.DataObject) -> None:
    """Every kind of shape through our writer and botocore.parsers: equal."""
    _, operation = model(protocol)
    answer = data.draw(outputs(protocol))
    written = PROTOCOLS[protocol].answer(operation, answer, "id")
    response = {
        "status_code": written.status,
        "headers": {name.lower(): value for name, value in written.headers.items()},
        "body": written.body,
        "context": {"operation_name": "Echo"},
    }
    shape: Any = operation.output_shape
    parsed: Any = create_parser(protocol).parse(response, shape)
    parsed.pop("ResponseMetadata")
    assert normal(parsed) == normal(answer)


def normal(value: Any) -> Any:
    """botocore reads an empty element as no text, and leaves JSON's "Infinity" a text."""
    if isinstance(value, dict):
        return {name: normal(item) for name, item in value.items()}
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "" if value is None else value


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | TEXT | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    )
)
def test_cbor_there_and_back(value: Any) -> None:
    """RFC 8949: what is encoded is decoded; a member that is null is not there."""
    assert cbor.decode(cbor.encode(value)) == without_nulls(value)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("hexadecimal", "value"),
    [
        ("00", 0),
        ("1903e8", 1000),
        ("1bffffffffffffffff", 18446744073709551615),
        ("20", -1),
        ("3903e7", -1000),
        ("f90001", 5.960464477539063e-8),
        ("fa47c35000", 100000.0),
        ("fbc010666666666666", -4.1),
        ("f97c00", math.inf),
        ("f4", False),
        ("c11a514b67b0", datetime(2013, 3, 21, 20, 4, tzinfo=UTC)),
        ("c1fb41d452d9ec200000", datetime(2013, 3, 21, 20, 4, 0, 500000, tzinfo=UTC)),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("62c3bc", "\u00fc"),
        ("83010203", [1, 2, 3]),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
        ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
    ],
)
def test_the_examples_of_rfc_8949(hexadecimal: str, value: Any) -> None:
    """Appendix A, Examples of Encoded CBOR Data Items."""
    assert cbor.decode(bytes.fromhex(hexadecimal)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_cbor_or_refused(data: bytes) -> None:
    """NotCbor and nothing else, whatever the bytes are."""
    with contextlib.suppress(cbor.NotCbor):
        cbor.decode(data)


@pytest.mark.parametrize(
    "hexadecimal", ["9a7fffffff00", "81" * 100 + "00", "c0" + "00", "a10001", "7f", "ff", "0000", ""]
)
def test_hostile_cbor(hexadecimal: str) -> None:
    """Lengths that nobody could send, nesting, foreign tags, keys that are no text, ends that are missing."""
    with pytest.raises(cbor.NotCbor):
        cbor.decode(bytes.fromhex(hexadecimal))
