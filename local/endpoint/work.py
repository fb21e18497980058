"""One request on its way: from its protocol to its operation, and the answer back."""

from collections.abc import Callable
from typing import Any, NamedTuple

from local.endpoint.call import Answer, Call, Operation
from local.endpoint.identify import Target
from local.endpoint.protocols import WireProtocol
from local.endpoint.refusals import refusal
from local.endpoint.wire import WireAnswer, WireRequest
from local.errors import AwsError, NotSupported, Taken


class Work(NamedTuple):
    """`fail` makes an answer of an error, and never raises. run() and written() may be called in any thread."""

    request: WireRequest
    request_id: str
    protocol: WireProtocol
    target: Target
    operation: Operation
    fail: Callable[[WireRequest, WireProtocol, Exception, str], WireAnswer]

    def run(self) -> WireAnswer:
        """Of an operation that is no coroutine function. Raises nothing but Taken."""
        try:
            return self.attempt()
        except Taken:
            raise
        except Exception as error:  # noqa: BLE001 - a bug of ours must not end the server: the client gets a 500
            return self.failed(error)

    def attempt(self) -> WireAnswer:
        """As run(), but for what is no answer of AWS's: that is raised, and nobody is told of it."""
        try:
            answer: Any = self.operation.run(self.call())
            return self.written(answer)
        except AwsError as error:
            return self.failed(error)

    async def wait(self) -> WireAnswer:
        """Of one that is. Never raises."""
        try:
            answer: Any = self.operation.run(self.call())
            return self.written(await answer)
        except Exception as error:  # noqa: BLE001 - as in run(): the client gets a 500
            return self.failed(error)

    def call(self) -> Call:
        """Raises AwsError."""
        service, model = self.target.service, self.target.operation
        try:
            parameters = self.protocol.read(self.request, model)
            shape = model.input_shape
            problems = None if shape is None else service.checks.of(shape)(parameters)
        except RecursionError:
            raise AwsError("SerializationException", "the parameters are nested too deep") from None
        if problems:
            raise refusal(service.name, model, self.protocol, problems)
        for name in parameters:
            if name not in self.operation.takes:
                message = f"{service.name} {model.name}: the parameter {name} is not supported on the laptop"
                raise NotSupported(message)
        return Call(service.name, model.name, parameters, self.target.region)

    def written(self, answer: Answer) -> WireAnswer:
        return self.protocol.answer(self.target.operation, answer, self.request_id)

    def failed(self, error: Exception) -> WireAnswer:
        return self.fail(self.request, self.protocol, error, self.request_id)
