"""Calls to AWS as spans, through botocore's own event hooks: instrument(client). Imports nothing of it."""

from __future__ import annotations

from typing import Any

from observability.context import span

__all__ = ["instrument"]

_CALL = "observability.call"
_PLACE = "observability.place"
"""Where a call's span and what it works on are kept: members of the dictionary that botocore carries through it."""

_PLACES = {"TableName": "table_name", "QueueUrl": "queue_url"}
"""Parameters that X-Ray's aws block has a member for (X-Ray segment documents, "AWS resource data")."""

_THROTTLED = frozenset(
    (
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    )
)
"""Error codes that mean "slower, please"; DynamoDB and others answer them with status 400."""


def instrument(client_or_session: Any) -> None:
    """From now on every call of the boto3 (or botocore) client is a span of the request that makes it: named after
    the service, with operation, region, table, request id, retries and status. Of a boto3 session: of the clients
    that it makes from now on. Once or more: the same.
    """
    events = client_or_session.meta.events if hasattr(client_or_session, "meta") else client_or_session.events
    for event, handler in _HANDLERS.items():
        events.register(event, handler, unique_id=f"observability-{event}")


def _noted(params: Any, context: dict[str, Any], **_: Any) -> None:
    if isinstance(params, dict):
        context[_PLACE] = {ours: params[theirs] for theirs, ours in _PLACES.items() if theirs in params}


def _started(model: Any, context: dict[str, Any], **_: Any) -> None:
    aws = {"operation": model.name, "region": context.get("client_region"), **context.pop(_PLACE, {})}
    call = span(
        str(model.service_model.service_id),
        namespace="aws",
        aws={key: value for key, value in aws.items() if value is not None},
    )
    context[_CALL] = (call, call.__enter__())


def _answered(parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    call, remote = context.pop(_CALL, (None, None))
    if call is None or remote is None:
        return
    about = parsed.get("ResponseMetadata", {})
    remote.aws["request_id"] = about.get("RequestId", "")
    remote.aws["retries"] = about.get("RetryAttempts", 0)
    remote.http["response"] = {"status": about.get("HTTPStatusCode", 0)}
    if code := parsed.get("Error", {}).get("Code"):
        remote.annotate(error_code=code)
        if code in _THROTTLED:
            remote.tell().flags.update(error=True, throttle=True)
    call.__exit__(None, None, None)


def _failed(exception: BaseException, context: dict[str, Any], **_: Any) -> None:
    """There was no answer."""
    call, _remote = context.pop(_CALL, (None, None))
    if call is not None:
        call.__exit__(type(exception), exception, exception.__traceback__)


_HANDLERS = {
    "before-parameter-build": _noted,
    "before-call": _started,
    "after-call": _answered,
    "after-call-error": _failed,
}
