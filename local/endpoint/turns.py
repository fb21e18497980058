"""Short operations that come in one turn of the event loop, done together: what they write is one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from itertools import takewhile

from local.endpoint.call import Store
from local.endpoint.wire import WireAnswer
from local.endpoint.work import Work
from local.errors import Taken

Reply = Callable[[WireAnswer], None]
MOST_BYTES = 64 * 1024  # of the requests that are done together: the event loop does nothing else meanwhile


class Turns:
    """Each is answered when what it wrote is kept; one that is refused has written nothing, and the others have. Where
    another thread or process writes they wait for it in one of `threads`.
    """

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._waiting: list[tuple[Store, Work, Reply]] = []

    def add(self, store: Store, work: Work, reply: Reply) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._next)
        self._waiting.append((store, work, reply))

    def _next(self) -> None:
        store = self._waiting[0][0]
        taken = self._taken(store)
        works, replies = [work for _, work, _ in taken], [reply for *_, reply in taken]
        try:
            with store.at_once():
                answers = _together(store, works)
        except Taken:
            loop = asyncio.get_running_loop()
            done = loop.run_in_executor(self._threads, _together, store, works)
            done.add_done_callback(lambda done: None if done.cancelled() else _answer(replies, done.result()))
        else:
            _answer(replies, answers)

    def _taken(self, store: Store) -> Sequence[tuple[Store, Work, Reply]]:
        """The first, and those after it that go with it; the others' turn is the next."""
        size = 0

        def goes(one: tuple[Store, Work, Reply]) -> bool:
            nonlocal size
            size += len(one[1].request.body)
            return one[0] is store and size <= MOST_BYTES

        taken = list(takewhile(goes, self._waiting))
        self._waiting = self._waiting[len(taken) :]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._next)
        return taken


def _together(store: Store, works: Sequence[Work]) -> list[WireAnswer]:
    """Where one of them keeps the others from being kept, each is done again by itself. Raises Taken."""
    if len(works) > 1:
        try:
            with store.together():
                return [work.attempt() for work in works]
        except Taken:
            raise
        except Exception:  # noqa: BLE001, S110 - nothing of it is kept, and what it was is told when it is alone
            pass
    return [work.run() for work in works]


def _answer(replies: Sequence[Reply], answers: Sequence[WireAnswer]) -> None:
    for reply, answer in zip(replies, answers, strict=True):
        reply(answer)
