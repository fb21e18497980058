"""PURE: a stage's access log: one event a request, in a log group of the template's."""

import hashlib
from dataclasses import dataclass

from local.api_gateway.context import ContextText, context
from local.api_gateway.record import RequestRecord
from local.api_gateway.routing import RestApi
from local.logs import LogEvent, LogSource


@dataclass(frozen=True, slots=True)
class AccessLog:
    """Where the lines go and how they look."""

    group: str
    form: ContextText


def access_event(log: AccessLog, api: RestApi, record: RequestRecord) -> LogEvent:
    """The request's line. API Gateway writes `-` for a value that there is none of."""
    # API Gateway spreads its lines over streams with names like digests.
    stream = hashlib.md5(api.api_id.encode(), usedforsecurity=False).hexdigest()
    line = log.form.fill(context(api, record), "-")
    return LogEvent(log.group, stream, record.time_ms, line, LogSource.PLATFORM, record.request_id)
