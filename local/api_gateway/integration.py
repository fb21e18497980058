"""The call of the function behind the gateway, and what it means for the client."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Protocol

from local.api_gateway.answers import Answer, GatewayAnswer
from local.api_gateway.response import read_answer
from local.errors import InvokeError, RequestTooLarge, TooManyRequests
from local.lambda_runtime.invocation import InvokeResult, Outcome


class Invoker(Protocol):
    """What the gateway needs of a Lambda function: an invocation runs to its end even if its caller is cancelled."""

    async def invoke(
        self, payload: bytes, *, trace_header: str | None = None, client_context: str | None = None
    ) -> InvokeResult: ...


@dataclass(frozen=True, slots=True)
class Integrated:
    """The answer for the client, and the invocation behind it. Times are epoch seconds; `status` is Invoke's own."""

    answer: Answer
    start_s: float
    end_s: float
    result: InvokeResult | None = None
    status: int | None = 200

    @property
    def fault(self) -> bool:
        return self.status is None or (self.result is not None and self.result.outcome is not Outcome.OK)


class Integration:
    """Invokes the function for at most `timeout_s`. A function that takes longer finishes, but nobody listens."""

    def __init__(self, function: Invoker, timeout_s: float) -> None:
        self._function = function
        self._timeout_s = timeout_s

    async def call(self, payload: bytes, trace_header: str) -> Integrated:
        start = time.time()
        limit = asyncio.timeout(self._timeout_s)
        try:
            async with limit:
                result = await self._function.invoke(payload, trace_header=trace_header)
        except TimeoutError:
            if not limit.expired():
                raise
            failure = f"the function took longer than the integration timeout of {self._timeout_s:g} s"
            return Integrated(GatewayAnswer.INTEGRATION_TIMEOUT.because(failure), start, time.time(), status=None)
        except InvokeError as error:
            answer, status = _refused(error)
            return Integrated(answer, start, time.time(), status=status)
        return Integrated(answer_to(result), start, time.time(), result)


def answer_to(result: InvokeResult) -> Answer:
    """PURE: how a REST API answers the client after this invocation."""
    match result.outcome:
        case Outcome.OK:
            return read_answer(result.payload)
        case Outcome.TIMEOUT:
            return GatewayAnswer.INTEGRATION_TIMEOUT.because(_error_message(result.payload))
        case Outcome.OUT_OF_MEMORY:
            return GatewayAnswer.INTEGRATION_FAILURE.because(f"out of memory: {_error_message(result.payload)}")
        case Outcome.CRASH:
            return GatewayAnswer.INTEGRATION_FAILURE.because(f"crash: {_error_message(result.payload)}")
        case Outcome.FUNCTION_ERROR:
            return GatewayAnswer.INTEGRATION_FAILURE.because(f"function error: {_error_message(result.payload)}")


def _refused(error: InvokeError) -> tuple[Answer, int]:
    if isinstance(error, TooManyRequests):
        return GatewayAnswer.THROTTLED.because(f"throttled: {error}"), 429
    if isinstance(error, RequestTooLarge):
        return GatewayAnswer.REQUEST_TOO_LARGE.because(str(error)), 413
    return GatewayAnswer.INTEGRATION_FAILURE.because(f"{error.code}: {error}"), 500


def _error_message(payload: bytes) -> str:
    """`Type: message` of Lambda's error object, cut to a readable length."""
    try:
        document = json.loads(payload)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return "the function failed without an error object"
    parts = [str(document[key]) for key in ("errorType", "errorMessage") if document.get(key)]
    return ": ".join(parts)[:500]
