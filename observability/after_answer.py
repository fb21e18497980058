"""What nobody has to wait for: done when the answer is out, before the runtime client asks for the next event.

Lambda counts an invocation as ended, and freezes the sandbox, when the runtime client asks for the next one (Lambda
developer guide, "Understanding the Lambda execution environment lifecycle"): until then the time is the function's,
and the answer is on its way to the client. So what is put off to that moment is never lost, and delays nobody.
"""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_CLIENT = "awslambdaric.lambda_runtime_client"
_NEXT = "wait_next_invocation"


class AfterAnswer:
    """Does what it is given at once, until it has seen that AWS's runtime client asks for its next event through it."""

    def __init__(self) -> None:
        self._owed: list[Callable[[], None]] = []
        self._is_asked = False
        weakref.finalize(self, _settle, self._owed)  # a runtime client that ends instead

    def watch(self) -> bool:
        """Has the runtime client come by here. False where there is none that is known: another runtime, a test."""
        client = getattr(sys.modules.get(_CLIENT), "LambdaRuntimeClient", None)
        ask = getattr(client, _NEXT, None)
        if client is None or ask is None:
            return False
        found = weakref.ref(self)

        def wait_next_invocation(client: Any, *arguments: Any, **named: Any) -> Any:
            waiting = found()
            if waiting is not None:
                waiting.asked()
            del waiting
            return ask(client, *arguments, **named)

        setattr(client, _NEXT, wait_next_invocation)
        return True

    def do(self, work: Callable[[], None]) -> None:
        """`work` raises nothing."""
        if self._is_asked:
            self._owed.append(work)
        else:
            work()

    def asked(self) -> None:
        """The runtime client is about to ask for its next event: it does come by here."""
        self.settle()
        self._is_asked = True

    def settle(self) -> None:
        """Does what is still owed."""
        if self._owed:
            _settle(self._owed)


def _settle(owed: list[Callable[[], None]]) -> None:
    while owed:
        owed.pop(0)()
