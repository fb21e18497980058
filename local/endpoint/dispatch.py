"""A request of any protocol to the operation that it means, and its answer back."""

import asyncio
import inspect
import os
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from local.endpoint.call import Operation, Operations
from local.endpoint.identify import Identifier, Target
from local.endpoint.modelled import modelled
from local.endpoint.models import Models
from local.endpoint.protocols import WireProtocol
from local.endpoint.turns import MOST_BYTES, Reply, Turns
from local.endpoint.wire import WireAnswer, WireRequest
from local.endpoint.work import Work
from local.errors import AwsError, NotSupported

THREADS = 16  # SQLite's readers don't wait for each other; more threads than this wait for Python


class Dispatcher:
    """`services` are the operations by botocore's name of their service. `tell` hears of bugs of ours."""

    def __init__(self, services: Mapping[str, Operations], tell: Callable[[str], None]) -> None:
        self._services = services
        self._tell = tell
        self._identifier = Identifier(Models(services))
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="aws")
        self._turns = Turns(self._threads)
        self._tasks: set[asyncio.Future[WireAnswer]] = set()

    def close(self) -> None:
        """Does not wait for a query that still runs: nothing of it would be read any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def handle(self, request: WireRequest) -> WireAnswer:
        """Never raises: what goes wrong is an answer."""
        answered: asyncio.Future[WireAnswer] = asyncio.get_running_loop().create_future()
        self.begin(request, lambda answer: None if answered.done() else answered.set_result(answer))
        return await answered

    def begin(self, request: WireRequest, reply: Reply) -> None:
        """`reply` is called once, now or later, with the answer. Never raises."""
        protocol, request_id = self._identifier.protocol(request), _new_id()

        def named(found: WireAnswer) -> None:
            reply(WireAnswer(found.status, found.body, {"x-amzn-RequestId": request_id, **found.headers}))

        try:
            target = self._identifier.target(request, protocol)
            operation = self._operation(target)
            self._prepare(target, protocol)
            work = Work(request, request_id, protocol, target, operation, self._failed)
            if operation.store is not None and len(request.body) <= MOST_BYTES:
                self._turns.add(operation.store, work, named)
            else:
                self._later(work, named)
        except Exception as error:  # noqa: BLE001 - a bug of ours must not end the server: the client gets a 500
            named(self._failed(request, protocol, error, request_id))

    def refused(self, request: WireRequest, error: Exception) -> WireAnswer:
        """The answer to a request that comes to no operation; a bug of ours is told of."""
        return self._failed(request, self._identifier.protocol(request), error, _new_id())

    def _later(self, work: Work, reply: Reply) -> None:
        loop = asyncio.get_running_loop()
        task: asyncio.Future[WireAnswer] = (
            loop.create_task(work.wait())
            if inspect.iscoroutinefunction(work.operation.run)
            else loop.run_in_executor(self._threads, work.run)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda done: None if done.cancelled() else reply(done.result()))

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


def _new_id() -> str:
    """A UUID of version 4, at a third of what uuid4() takes."""
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
