"""PURE: an ExportTraceServiceRequest -> X-Ray's documents, as AWS's own exporter makes them.

Source: the AWS X-Ray exporter of the OpenTelemetry Collector (its README and behaviour) and AWS's note on trace ids in
the API's page of PutTraceSegments: `4efaaf4d1e8720b39541901950019ee5` is `1-4efaaf4d-1e8720b39541901950019ee5`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from local.xray.opentelemetry import semantics as names
from local.xray.opentelemetry.annotations import indexed_and_not
from local.xray.opentelemetry.attributes import Attributes, attributes, text, without_empty
from local.xray.opentelemetry.aws import aws_block, origin_of, service_block, sql_block
from local.xray.opentelemetry.cause import cause, exception_id, flags
from local.xray.opentelemetry.http import http_block
from local.xray.opentelemetry.naming import name_of, namespace_of, remote_name

Document = dict[str, Any]

_OF_THE_CALL = ("operation", "account_id", "region", "request_id", "queue_url", "table_name", "table_names")


def documents_of(request: Mapping[str, Any]) -> list[list[Document]]:
    """Of each span. `request` in OTLP's JSON encoding, ids in hexadecimal. A server's span is a segment, as is one
    without parent; any other is a subsegment, and a call that is the first span of its service is both.
    """
    return [
        list(_documents(span, attributes(of_resource.get("resource", {}).get("attributes", ()))))
        for of_resource in request.get("resourceSpans", ())
        for of_scope in of_resource.get("scopeSpans", ())
        for span in of_scope.get("spans", ())
    ]


def _documents(span: Mapping[str, Any], resource: Attributes) -> Iterator[Document]:
    found = attributes(span.get("attributes", ()))
    kind = span.get("kind", 0)
    if found.get(names.SPAN_KIND) != names.LOCAL_ROOT:
        document = _document(span, found, resource)
        calls = kind in (names.CLIENT, names.CONSUMER, names.PRODUCER) and names.REMOTE_SERVICE in found
        if calls and document.get("type") == "subsegment":
            document.setdefault("namespace", "remote")
        yield document
    elif kind in (names.SERVER, names.INTERNAL):
        yield _as_segment(_document(span, found, resource))
    else:
        yield from _service_and_call(span, found, resource)


def _service_and_call(span: Mapping[str, Any], found: Attributes, resource: Attributes) -> Iterator[Document]:
    """The service has no span of its own: its segment is made from the call's."""
    service_id = exception_id(f"service {span.get('spanId', '')}")
    call = _document({**span, "parentSpanId": service_id}, found, resource)
    call = {"namespace": "remote", **call, "type": "subsegment"}
    if name := remote_name(found):
        call["name"] = name
    own = {key: value for key, value in found.items() if key not in names.OF_THE_CALLED}
    service = _as_segment(_document({**span, "spanId": service_id}, own, resource))
    service.pop("http", None)
    if name := text(found, names.LOCAL_SERVICE):
        service["name"] = name
    aws = {member: value for member, value in service.get("aws", {}).items() if member not in _OF_THE_CALL}
    metadata = {
        namespace: {key: value for key, value in members.items() if key.startswith("otel.resource.")}
        for namespace, members in service.get("metadata", {}).items()
    }
    yield call
    yield without_empty({**service, "aws": aws, "metadata": without_empty(metadata)})


def _as_segment(document: Document) -> Document:
    return {member: value for member, value in document.items() if member not in ("type", "namespace")}


def _document(span: Mapping[str, Any], found: Attributes, resource: Attributes) -> Document:
    kind, span_name, parent = span.get("kind", 0), span.get("name", ""), span.get("parentSpanId", "")
    is_subsegment = kind != names.SERVER and bool(parent)
    told = [
        (event.get("name", ""), attributes(event.get("attributes", ())), int(event.get("timeUnixNano", 0)))
        for event in span.get("events", ())
    ]
    sql = sql_block(found, span_name)
    said = names.HTTP | names.AWS | (names.SQL if sql else frozenset())
    listed = found.get(names.ANNOTATIONS)
    said -= {key for key in listed if isinstance(key, str)} if isinstance(listed, list) else frozenset()
    left = {key: value for key, value in found.items() if key not in said}
    annotations, metadata = indexed_and_not(left, {} if is_subsegment else resource)
    trace_id = span.get("traceId", "")
    blocks = {
        "type": "subsegment" if is_subsegment else "",
        "parent_id": parent,
        "origin": origin_of(resource),
        "namespace": namespace_of(found, kind),
        "user": text(found, names.USER),
        "http": http_block(found, kind, [attributes for _, attributes, _ in told]),
        "aws": aws_block(found, resource),
        "service": service_block(resource),
        "sql": sql,
        "cause": cause(span, found, told, text(resource, "telemetry.sdk.language")),
        "annotations": annotations,
        "metadata": metadata,
        "links": [_link(link) for link in span.get("links", ())],
    }
    return {
        "trace_id": _trace_id(trace_id),
        "id": span.get("spanId", ""),
        "name": name_of(found, resource, kind, span_name),
        "start_time": int(span.get("startTimeUnixNano", 0)) / 10**9,
        "end_time": int(span.get("endTimeUnixNano", 0)) / 10**9,
        **flags(found, span.get("status", {})),
        **without_empty(blocks),
    }


def _link(link: Mapping[str, Any]) -> Document:
    known = {"attributes": attributes(link.get("attributes", ()))}
    return {"trace_id": _trace_id(link.get("traceId", "")), "id": link.get("spanId", ""), **without_empty(known)}


def _trace_id(hexadecimal: str) -> str:
    return f"1-{hexadecimal[:8]}-{hexadecimal[8:]}"
