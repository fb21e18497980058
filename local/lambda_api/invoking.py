"""Invoke: at once, later, or not at all.

Sources: the API reference of Lambda, Invoke, and the AWS page "How Lambda handles errors and retries with asynchronous
invocation".
"""

import asyncio
import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any

from local.endpoint.call import Answer, Call
from local.errors import AwsError, InvokeError, RequestTooLarge, TooManyRequests
from local.lambda_api.functions import Functions
from local.lambda_api.refused import invalid
from local.lambda_runtime.invocation import InvokeResult, Outcome

EVENT_LIMIT_BYTES = 1024 * 1024  # "For asynchronous invocations, the maximum payload size is 1 MB"
RETRY_AFTER_ERRORS_S = (60.0, 120.0)  # "a one-minute wait between the first two attempts, and two minutes" then
THROTTLED_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0  # "from 1 second after the first attempt to a maximum of 5 minutes"
OLDEST_EVENT_S = 6 * 3600.0  # "for up to 6 hours by default"
CONTEXT_LIMIT_BYTES = 3583  # "Up to 3,583 bytes of base64-encoded data"


class Invoking:
    """`tell` hears of events that were given up; `retry_after_s` is how long after each failure the next try comes."""

    def __init__(
        self,
        functions: Functions,
        tell: Callable[[str], None],
        retry_after_s: Sequence[float] = RETRY_AFTER_ERRORS_S,
    ) -> None:
        self._functions = functions
        self._tell = tell
        self._retry_after_s = retry_after_s
        self._events: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Events that were not done are lost, and told of."""
        waiting = list(self._events)
        for event in waiting:
            event.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        if waiting:
            self._tell(f"Lambda: {len(waiting)} asynchronous invocations were not done")

    async def invoke(self, call: Call) -> Answer:
        """Raises AwsError."""
        parameters = call.parameters
        named = self._functions.read(parameters["FunctionName"], parameters.get("Qualifier"))
        self._functions.version_of(named.qualifier)  # one that isn't there is refused now, not when its event is due
        payload: bytes = parameters.get("Payload", b"") or b"{}"
        _check_json(payload)
        context = _client_context(parameters.get("ClientContext"))
        match parameters.get("InvocationType", "RequestResponse"):
            case "DryRun":
                return {"StatusCode": 204}
            case "Event":
                self._later(payload, named.qualifier)
                return {"StatusCode": 202}
        tail = parameters.get("LogType") == "Tail"
        result = await self._run(payload, named.qualifier, context, tail=tail)
        return _answer(result, tail=tail)

    async def _run(
        self, payload: bytes, qualifier: str | None, context: str | None = None, *, tail: bool = False
    ) -> InvokeResult:
        try:
            pool = await self._functions.pool(self._functions.routed(qualifier))
            return await pool.invoke(payload, client_context=context, qualifier=qualifier, tail=tail)
        except InvokeError as error:
            raise _refused(error) from None

    def _later(self, payload: bytes, qualifier: str | None) -> None:
        if len(payload) > EVENT_LIMIT_BYTES:
            message = f"Request must be smaller than {EVENT_LIMIT_BYTES} bytes for the InvokeFunction operation"
            raise AwsError("RequestTooLargeException", message, status=413, members={"Type": "User"})
        task = asyncio.get_running_loop().create_task(self._event(payload, qualifier))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def _event(self, payload: bytes, qualifier: str | None) -> None:
        loop = asyncio.get_running_loop()
        came, errors, throttled_s = loop.time(), 0, THROTTLED_PAUSE_S
        while loop.time() - came < OLDEST_EVENT_S:
            try:
                result = await self._run(payload, qualifier)
            except AwsError:  # throttled, or a fault of ours: "returns the event to the queue"
                await asyncio.sleep(throttled_s)
                throttled_s = min(throttled_s * 2, LONGEST_PAUSE_S)
                continue
            if result.outcome is Outcome.OK:
                return
            if errors == len(self._retry_after_s):
                self._tell(f"Lambda: an asynchronous invocation failed {errors + 1} times and is given up")
                return
            await asyncio.sleep(self._retry_after_s[errors])
            errors += 1
        self._tell("Lambda: an asynchronous invocation was not done within 6 hours and is given up")


def _answer(result: InvokeResult, *, tail: bool) -> dict[str, Any]:
    failed = {} if result.outcome is Outcome.OK else {"FunctionError": "Unhandled"}
    log = {"LogResult": base64.b64encode(result.log_tail).decode()} if tail else {}
    return {"StatusCode": 200, "ExecutedVersion": result.version, "Payload": result.payload, **failed, **log}


def _check_json(payload: bytes) -> None:
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        message = f"Could not parse request body into json: {error}"
        raise AwsError("InvalidRequestContentException", message, members={"Type": "User"}) from None


def _client_context(text: str | None) -> str | None:
    """The header's base64 as the JSON text that the runtime gets."""
    if text is None:
        return None
    if len(text) > CONTEXT_LIMIT_BYTES:
        raise invalid(f"ClientContext: {len(text)} bytes; it must not be more than {CONTEXT_LIMIT_BYTES}")
    try:
        found = base64.b64decode(text, validate=True).decode()
        json.loads(found)
    except (ValueError, binascii.Error, RecursionError):
        raise AwsError(
            "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
        ) from None
    return found


def _refused(error: InvokeError) -> AwsError:
    if isinstance(error, TooManyRequests):
        members = {"Reason": error.reason, "Type": "User"}
        return AwsError(error.code, str(error), status=429, members=members)
    status = 413 if isinstance(error, RequestTooLarge) else 500
    return AwsError(error.code, str(error), status=status, members={"Type": "User"})
