"""One datagram of the daemon's protocol."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from local.xray.datagrams import OtlpTraces, Rejected, XRayDocument, read_datagram

HEADER = b'{"format": "json", "version": 1}\n'
DOCUMENT = {
    "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
    "id": "53995c3f42cd8ad8",
    "name": "n",
    "start_time": 1,
    "end_time": 2,
}


def otlp() -> bytes:
    span = Span(trace_id=bytes(range(16)), span_id=bytes(range(8)), name="work", kind=Span.SPAN_KIND_SERVER)
    spans = ResourceSpans(scope_spans=[ScopeSpans(spans=[span])])
    return base64.b64encode(ExportTraceServiceRequest(resource_spans=[spans]).SerializeToString())


def test_a_document() -> None:
    """Header line, newline, document (AWS page "Sending trace data to AWS X-Ray"); the header may be written tight."""
    assert read_datagram(HEADER + json.dumps(DOCUMENT).encode()) == XRayDocument(DOCUMENT)
    assert read_datagram(b'{"format":"json","version":1}\n' + json.dumps(DOCUMENT).encode()) == XRayDocument(DOCUMENT)


@pytest.mark.parametrize(("mark", "sampled"), [(b"T1S", True), (b"T1U", False)])
def test_otlp(mark: bytes, sampled: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
    """T1S and T1U carry base64 OTLP; it is kept in OTLP's JSON encoding: ids hexadecimal, enums as numbers."""
    taken = read_datagram(HEADER + mark + otlp())
    assert taken == OtlpTraces(
        sampled,
        {
            "resourceSpans": [
                {
                    "scopeSpans": [
                        {
                            "spans": [
                                {
                                    "traceId": "000102030405060708090a0b0c0d0e0f",
                                    "spanId": "0001020304050607",
                                    "name": "work",
                                    "kind": 2,
                                }
                            ]
                        }
                    ]
                }
            ]
        },
    )


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"", "header: not JSON"),
        (b"{}", "header: no line"),
        (b"7\n{}", "header: no line"),
        (b'{"format": "json", "version": 2}\n{}', "header: b'"),
        (b'{"format": "xml", "version": 1}\n{}', "header: b'"),
        (b'{"format": "json", "version": true}\n{}', "header: b'"),
        (HEADER, "document: not JSON"),
        (HEADER + b"\xff\xfe", "document: not JSON"),
        (HEADER + b'{"a": NaN}', "document: not JSON (NaN is no JSON number)"),
        (HEADER + b"[]", "document: not a JSON object"),
        (HEADER + b"[" * 60_000, "document: nested too deep"),
        (HEADER + b" " * 65_537, "document: 65537 bytes, more than 65536"),
        (HEADER + b"{}", "trace_id: missing"),
        (HEADER + b"T1S!", "otlp: not base64"),
        (HEADER + b"T1S" + base64.b64encode(b"\xff\xff"), "otlp: not an ExportTraceServiceRequest"),
        (HEADER + b"T1U", "otlp: no resource_spans"),
    ],
)
def test_bad_datagrams(datagram: bytes, reason: str) -> None:
    """Each is rejected with a reason that starts with what is wrong."""
    with pytest.raises(Rejected) as rejected:
        read_datagram(datagram)
    assert str(rejected.value).startswith(reason)


@given(st.binary(max_size=200), st.sampled_from([b"", HEADER, HEADER + b"T1S", HEADER + b"T1U"]))
def test_no_bytes_break_it(data: bytes, start: bytes) -> None:
    """Whatever arrives: taken or Rejected, nothing else."""
    try:
        taken = read_datagram(start + data)
    except Rejected:
        return
    assert isinstance(taken, XRayDocument | OtlpTraces)
