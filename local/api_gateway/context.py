"""PURE: texts with $context variables, of gateway responses and access logs.

Source: AWS pages "Variables for access logging for API Gateway" and "Gateway responses in API Gateway": variables are
replaced, nothing is escaped, and there is no other syntax.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from local.api_gateway.event import clf_time
from local.api_gateway.record import RequestRecord
from local.api_gateway.routing import RestApi, stable_id

VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)")


@dataclass(frozen=True, slots=True)
class ContextText:
    """A text, taken apart once: literals at even places, the variables between them at odd ones."""

    parts: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "ContextText":
        return cls(tuple(VARIABLE.split(text)))

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(self.parts[1::2])

    def fill(self, values: Mapping[str, str], absent: str) -> str:
        """The text; `absent` stands where a variable has no value."""
        found = [values.get(part, absent) if at % 2 else part for at, part in enumerate(self.parts)]
        return "".join(found)


#: What a gateway response may name here: all that context() may know when the gateway itself answers.
RESPONSE_VARIABLES = frozenset(
    {
        "accountId",
        "apiId",
        "error.message",
        "error.messageString",
        "error.responseType",
        "extendedRequestId",
        "httpMethod",
        "identity.sourceIp",
        "identity.userAgent",
        "path",
        "protocol",
        "requestId",
        "requestTime",
        "requestTimeEpoch",
        "resourceId",
        "resourcePath",
        "stage",
        "xrayTraceId",
    }
)


def context(api: RestApi, record: RequestRecord) -> dict[str, str]:
    """The values of one request. Those that there are none of are not in it."""
    # Lambda's answer takes as long as its start and the function together.
    latency = None if record.function_ms is None else _rounded(record.function_ms + (record.init_ms or 0.0))
    found = {
        "accountId": api.account_id,
        "apiId": api.api_id,
        "error.message": record.error,
        "error.messageString": None if record.error is None else json.dumps(record.error),
        "error.responseType": record.error_type,
        "extendedRequestId": record.extended_request_id,
        "httpMethod": record.method,
        "identity.sourceIp": record.source_ip,
        "identity.userAgent": record.user_agent,
        "integration.latency": latency,
        "integration.requestId": record.function_request_id,
        "integration.status": str(record.status) if record.error is None else None,
        "integrationLatency": latency,
        "path": record.path,
        "protocol": record.protocol,
        "requestId": record.request_id,
        "requestTime": clf_time(record.time_ms),
        "requestTimeEpoch": str(record.time_ms),
        "resourceId": None if record.resource is None else stable_id(record.resource, 6),
        "resourcePath": record.resource,
        "responseLatency": _rounded(record.duration_ms),
        "responseLength": str(record.response_bytes),
        "stage": api.stage,
        "status": str(record.status),
        "xrayTraceId": record.trace_id,
    }
    return {name: value for name, value in found.items() if value is not None}


def _rounded(duration_ms: float) -> str:
    """Latencies are whole milliseconds."""
    return str(round(duration_ms))
