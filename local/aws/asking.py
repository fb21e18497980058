"""Calls that only the stack can answer, through the channel."""

import asyncio
import itertools

from local.aws.channel import Channel
from local.aws.messages import CALL, read_answer, write_call
from local.endpoint.call import Answer, Call
from local.errors import AwsError


class StackCalls:
    """ask() waits for the stack's answer as long as it takes: a function may run for 15 minutes."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}

    async def ask(self, call: Call) -> Answer:
        """Raises AwsError."""
        number = next(self._numbers)
        if not self._channel.send(CALL, write_call(number, call), urgent=True):
            raise AwsError("ServiceException", "the stack that runs the function can't be reached", status=500)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            return await answer
        finally:
            del self._waiting[number]

    def answered(self, message: bytes) -> None:
        number, answer = read_answer(message)
        waiting = self._waiting.get(number)
        if waiting is None or waiting.done():
            return  # whoever asked has gone away
        if isinstance(answer, AwsError):
            waiting.set_exception(answer)
        else:
            waiting.set_result(answer)
