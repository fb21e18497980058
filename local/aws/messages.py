"""PURE: what goes through the channel: the letters of the kinds, and the JSON of each."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.endpoint.call import Answer, Call
from local.errors import AwsError, LocalError
from local.lambda_runtime.measured import Measured
from local.logs import LogEvent, LogSource

# From the stack to the AWS process.
LOG, DOCUMENT, OTLP, REQUEST, INVOCATION, CONFIGURATION = b"L", b"D", b"O", b"R", b"I", b"K"
# From the AWS process to the stack.
NOTE, CALL = b"N", b"C"
# To the stack's answer of a call: [id, answer] or [id, null, error].
ANSWER = b"A"


# One for all: json.dumps() makes a new one for each call that sets separators, and ten messages a request are many.
# ASCII only: no line end of any alphabet, and half a surrogate pair is none of our business here.
_ENCODER = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class GatewayRequest:
    """What API Gateway measures of a request. Milliseconds; `integration_ms` None where no integration was called."""

    time_ms: int
    resource: str | None
    method: str
    status: int
    latency_ms: float
    integration_ms: float | None


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the stack runs, told at its start and when the template changes."""

    function: str
    api: str
    api_id: str
    stage: str
    detailed_metrics: bool = False


def write_log(event: LogEvent) -> bytes:
    return _dump([event.group, event.stream, event.timestamp_ms, event.message, event.source.value, event.request_id])


def read_log(message: bytes) -> LogEvent:
    group, stream, timestamp_ms, text, source, request_id = json.loads(message)
    return LogEvent(group, stream, timestamp_ms, text, LogSource(source), request_id)


def write_row(row: Configuration | GatewayRequest | Measured) -> bytes:
    return _dump([getattr(row, name) for name in row.__slots__])


def read_request(message: bytes) -> GatewayRequest:
    return GatewayRequest(*json.loads(message))


def read_invocation(message: bytes) -> Measured:
    return Measured(*json.loads(message))


def read_configuration(message: bytes) -> Configuration:
    return Configuration(*json.loads(message))


def write_call(number: int, call: Call) -> bytes:
    return _dump([number, call.service, call.operation, _packed(call.parameters), call.region, call.account_id])


def read_call(message: bytes) -> tuple[int, Call]:
    number, service, operation, parameters, region, account_id = json.loads(message)
    return number, Call(service, operation, _unpacked(parameters), region, account_id)


def write_answer(number: int, answer: Answer) -> bytes:
    return _dump([number, _packed(answer)])


def write_error(number: int, error: LocalError) -> bytes:
    """An error that is none of AWS's own is a fault of ours."""
    found = error if isinstance(error, AwsError) else AwsError("ServiceException", str(error), status=500)
    return _dump([number, None, [found.code, found.message, found.status, found.members]])


def read_answer(message: bytes) -> tuple[int, Answer | AwsError]:
    number, answer, *error = json.loads(message)
    if error:
        code, text, status, members = error[0]
        return number, AwsError(code, text, status=status, members=members)
    return number, _unpacked(answer)


def write_json(document: Mapping[str, Any] | str) -> bytes:
    return _dump(document)


def _dump(value: Any) -> bytes:
    return _ENCODER.encode(value).encode()


def _packed(value: Any) -> Any:
    """Bytes as {"base64": ...}, mappings with one such key doubled, so that there is a way back."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        packed = {key: _packed(item) for key, item in value.items()}
        return {"mapping": packed} if len(packed) == 1 and set(packed) <= {"base64", "mapping"} else packed
    return [_packed(item) for item in value] if isinstance(value, list | tuple) else value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"base64"}:
            return base64.b64decode(value["base64"])
        inner = value["mapping"] if set(value) == {"mapping"} else value
        return {key: _unpacked(item) for key, item in inner.items()}
    return [_unpacked(item) for item in value] if isinstance(value, list) else value
