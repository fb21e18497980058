"""A request of any protocol to the operation that it means, and its answer back."""

import asyncio
import inspect
import traceback
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.endpoint.call import Answer, Call, Operation, Operations
from local.endpoint.identify import Identifier, Target
from local.endpoint.modelled import modelled
from local.endpoint.models import Models
from local.endpoint.protocols import WireProtocol
from local.endpoint.refusals import refusal
from local.endpoint.wire import WireAnswer, WireRequest
from local.errors import AwsError, NotSupported

AT_ONCE_BYTES = 64 * 1024
THREADS = 16  # SQLite's readers don't wait for each other; more threads than this wait for Python


class Dispatcher:
    """`services` are the operations by botocore's name of their service. `tell` hears of bugs of ours."""

    def __init__(self, services: Mapping[str, Operations], tell: Callable[[str], None]) -> None:
        self._services = services
        self._tell = tell
        self._identifier = Identifier(Models(services))
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="aws")

    def close(self) -> None:
        """Does not wait for a query that still runs: nothing of it would be read any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def handle(self, request: WireRequest) -> WireAnswer:
        """Never raises: what goes wrong is an answer."""
        request_id = str(uuid.uuid4())
        protocol = self._identifier.protocol(request)
        try:
            target = self._identifier.target(request, protocol)
            operation = self._operation(target)
            self._prepare(target, protocol)
            if inspect.iscoroutinefunction(operation.run):
                answer = await operation.run(_call(target, operation, protocol, request))
                found = _written(target, protocol, answer, request_id)
            elif operation.at_once is not None and len(request.body) <= AT_ONCE_BYTES and operation.at_once():
                found = _run(target, operation, protocol, request, request_id)
            else:
                found = await asyncio.get_running_loop().run_in_executor(
                    self._threads, _run, target, operation, protocol, request, request_id
                )
        except Exception as error:  # noqa: BLE001 - a bug of ours must not end the server: the client gets a 500
            found = self._failed(request, protocol, error, request_id)
        return WireAnswer(found.status, found.body, {"x-amzn-RequestId": request_id, **found.headers})

    def refused(self, request: WireRequest, error: AwsError) -> WireAnswer:
        """The answer to a request that is refused before it is read."""
        return self._failed(request, self._identifier.protocol(request), error, str(uuid.uuid4()))

    def _operation(self, target: Target) -> Operation:
        name = target.operation.name
        operation = self._services[target.service.name].get(name)
        if operation is None:
            raise NotSupported(f"{target.service.name}: the operation {name} is not supported on the laptop")
        return operation

    def _prepare(self, target: Target, protocol: WireProtocol) -> None:
        """Here on the event loop, so that no two threads make the same thing of a shape."""
        protocol.prepare(target.operation)
        if target.operation.input_shape is not None:
            target.service.checks.of(target.operation.input_shape)

    def _failed(self, request: WireRequest, protocol: WireProtocol, error: Exception, request_id: str) -> WireAnswer:
        if not isinstance(error, AwsError):
            self._tell("".join(traceback.format_exception(error)))
            error = AwsError("InternalFailure", f"the laptop's AWS itself failed: {error!r}", status=500)
        service = self._identifier.service(request)
        model = None if service is None else service.model
        return protocol.error(model, modelled(error, model), request_id)


def _run(
    target: Target, operation: Operation, protocol: WireProtocol, request: WireRequest, request_id: str
) -> WireAnswer:
    answer: Any = operation.run(_call(target, operation, protocol, request))
    return _written(target, protocol, answer, request_id)


def _call(target: Target, operation: Operation, protocol: WireProtocol, request: WireRequest) -> Call:
    service, model = target.service, target.operation
    try:
        parameters = protocol.read(request, model)
        shape = model.input_shape
        problems = None if shape is None else service.checks.of(shape)(parameters)
    except RecursionError:
        raise AwsError("SerializationException", "the parameters are nested too deep") from None
    if problems:
        raise refusal(service.name, model, protocol, problems)
    for name in parameters:
        if name not in operation.takes:
            raise NotSupported(f"{service.name} {model.name}: the parameter {name} is not supported on the laptop")
    return Call(service.name, model.name, parameters, target.region)


def _written(target: Target, protocol: WireProtocol, answer: Answer, request_id: str) -> WireAnswer:
    return protocol.answer(target.operation, answer, request_id)
