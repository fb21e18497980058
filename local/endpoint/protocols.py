"""PURE: AWS's wire protocols: a request to an operation's parameters, its answer and its errors back to HTTP.

Sources: the Smithy pages "AWS JSON 1.0 protocol", "AWS JSON 1.1 protocol", "AWS query protocol", "AWS restJson1
protocol", "Smithy RPC v2 CBOR protocol" and "AWS query compatible protocol traits" (x-amzn-query-error).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl

from botocore.model import OperationModel, ServiceModel

from local.endpoint import cbor, json_values, query_values, xml_values
from local.endpoint.modelled import Failure
from local.endpoint.rest import read_rest, write_rest
from local.endpoint.wire import WireAnswer, WireRequest
from local.errors import AwsError

_NOT_PARAMETERS = frozenset({"Action", "Version"})


class WireProtocol(Protocol):
    """read() and answer() may run in any thread, once prepare() has seen the operation."""

    def prepare(self, operation: OperationModel) -> None: ...

    def read(self, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
        """The parameters, as far as they are what the shapes say. Raises AwsError."""
        ...

    def answer(self, operation: OperationModel, answer: Mapping[str, Any], request_id: str) -> WireAnswer: ...

    def error(self, service: ServiceModel | None, failure: Failure, request_id: str) -> WireAnswer: ...


class _Json(NamedTuple):
    """What reads and writes one service's shapes: two services may call different shapes by the same name."""

    reader: json_values.JsonReader
    writer: json_values.JsonWriter


class _JsonOf:
    def __init__(self) -> None:
        self._made: dict[str, _Json] = {}

    def __call__(self, service: ServiceModel) -> _Json:
        name = service.service_name
        if name not in self._made:
            self._made[name] = _Json(json_values.JsonReader(), json_values.JsonWriter())
        return self._made[name]

    def error(self, service: ServiceModel | None, failure: Failure) -> dict[str, Any]:
        """The members of a modelled error."""
        if service is None or failure.shape is None:
            return {}
        members: dict[str, Any] = self(service).writer.of(failure.shape)(failure.members)
        return members


class AwsJson:
    """awsJson1.0 and 1.1, which differ in their media type alone."""

    def __init__(self, version: str) -> None:
        self._media_type = f"application/x-amz-json-{version}"
        self._json = _JsonOf()
        self._converts: dict[OperationModel, tuple[json_values.Convert | None, json_values.Convert | None]] = {}

    def prepare(self, operation: OperationModel) -> None:
        self._of(operation)

    def _of(self, operation: OperationModel) -> tuple[json_values.Convert | None, json_values.Convert | None]:
        """What reads its parameters and what writes its answer."""
        if operation not in self._converts:
            json, given, answered = self._json(operation.service_model), operation.input_shape, operation.output_shape
            self._converts[operation] = (
                None if given is None else json.reader.of(given),
                None if answered is None else json.writer.of(answered),
            )
        return self._converts[operation]

    def read(self, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
        document = json_values.load(request.body)
        if not isinstance(document, dict):
            raise AwsError(json_values.SERIALIZATION, "the body must be a JSON object")
        read, _ = self._of(operation)
        found: dict[str, Any] = document if read is None else read(document)
        return found

    def answer(self, operation: OperationModel, answer: Mapping[str, Any], _request_id: str) -> WireAnswer:
        _, write = self._of(operation)
        body = b"" if write is None else json_values.dump(write(answer))
        return WireAnswer(200, body, {"Content-Type": self._media_type})

    def error(self, service: ServiceModel | None, failure: Failure, _request_id: str) -> WireAnswer:
        members = self._json.error(service, failure)
        body = {"__type": failure.name, failure.message_member: failure.message, **members}
        headers = {"Content-Type": self._media_type, **_query_error(service, failure)}
        return WireAnswer(failure.status, json_values.dump(body), headers)


class Query:
    def prepare(self, operation: OperationModel) -> None: ...

    def read(self, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
        given = action_fields(request)
        parameters = [
            (name, value)
            for name, value in given.items()
            if name not in _NOT_PARAMETERS and not name.lower().startswith("x-amz-")
        ]
        shape = operation.input_shape
        return dict(parameters) if shape is None else query_values.read_query(shape, parameters)

    def answer(self, operation: OperationModel, answer: Mapping[str, Any], request_id: str) -> WireAnswer:
        body = xml_values.answer_xml(
            operation.name, operation.output_shape, answer, request_id, _namespace(operation.service_model)
        )
        return WireAnswer(200, body, {"Content-Type": "text/xml"})

    def error(self, service: ServiceModel | None, failure: Failure, request_id: str) -> WireAnswer:
        body = xml_values.error_xml(failure, request_id, _namespace(service))
        return WireAnswer(failure.status, body, {"Content-Type": "text/xml"})


class RestJson:
    def __init__(self) -> None:
        self._json = _JsonOf()

    def prepare(self, operation: OperationModel) -> None:
        _prepare(operation, self._json(operation.service_model))

    def read(self, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
        try:
            return read_rest(request, operation, self._json(operation.service_model).reader)
        except UnicodeDecodeError:
            raise AwsError(json_values.SERIALIZATION, "the path or the query string is not UTF-8") from None

    def answer(self, operation: OperationModel, answer: Mapping[str, Any], _request_id: str) -> WireAnswer:
        status, headers, body = write_rest(operation.output_shape, answer, self._json(operation.service_model).writer)
        media_type = {"Content-Type": "application/json"} if body else {}
        return WireAnswer(status or operation.http.get("responseCode", 200), body, {**media_type, **headers})

    def error(self, service: ServiceModel | None, failure: Failure, _request_id: str) -> WireAnswer:
        members = self._json.error(service, failure)
        body = {failure.message_member: failure.message, **members}
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": failure.name}
        return WireAnswer(failure.status, json_values.dump(body), headers)


class RpcV2Cbor:
    _headers: Mapping[str, str] = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}

    def prepare(self, operation: OperationModel) -> None: ...

    def read(self, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
        del operation  # CBOR's own types are the shapes' types
        if not request.body:
            return {}
        try:
            document = cbor.decode(request.body)
        except cbor.NotCbor as error:
            raise AwsError(json_values.SERIALIZATION, f"the body is not CBOR: {error}") from None
        if not isinstance(document, dict):
            raise AwsError(json_values.SERIALIZATION, "the body must be a CBOR map")
        return document

    def answer(self, operation: OperationModel, answer: Mapping[str, Any], _request_id: str) -> WireAnswer:
        body = b"" if operation.output_shape is None else cbor.encode(answer)
        return WireAnswer(200, body, self._headers)

    def error(self, service: ServiceModel | None, failure: Failure, _request_id: str) -> WireAnswer:
        body = {"__type": failure.name, failure.message_member: failure.message, **failure.members}
        return WireAnswer(failure.status, cbor.encode(body), {**self._headers, **_query_error(service, failure)})


def _prepare(operation: OperationModel, json: _Json) -> None:
    if operation.input_shape is not None:
        json.reader.of(operation.input_shape)
    if operation.output_shape is not None:
        json.writer.of(operation.output_shape)


def action_fields(request: WireRequest) -> dict[str, str]:
    """The fields of a Query request: in the body of a POST, in the query string of a GET. Raises AwsError."""
    if request.method == "GET":
        return query_values.fields(request.query)
    try:
        return query_values.fields(request.body.decode())
    except UnicodeDecodeError:
        raise AwsError("MalformedQueryString", "the body is not UTF-8") from None


def has_action(request: WireRequest) -> bool:
    if request.method == "GET":
        return any(name == "Action" for name, _ in parse_qsl(request.query, keep_blank_values=True))
    return request.media_type == "application/x-www-form-urlencoded"


def _query_error(service: ServiceModel | None, failure: Failure) -> dict[str, str]:
    """Where a service spoke Query before, its errors say their old code too."""
    if service is None or not service.is_query_compatible:
        return {}
    return {"x-amzn-query-error": f"{failure.code};{failure.kind}"}


def _namespace(service: ServiceModel | None) -> str:
    return "" if service is None else str(service.metadata.get("xmlNamespace", ""))
