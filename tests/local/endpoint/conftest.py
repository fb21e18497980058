"""Endpoints whose operations note what they are called with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from local.endpoint import Answer, Call, Operation
from tests.local.endpoint.serving import Served, serving

Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """serve(logs={"PutLogEvents": answer}): each operation notes its call and answers so, or runs what it is given."""
    with ExitStack() as exits:

        def start(
            local_actions: Mapping[str, Any] | None = None,
            takes: Iterable[str] | None = None,
            **services: Mapping[str, Any],
        ) -> Served:
            served = Served()
            honoured = EVERYTHING if takes is None else frozenset(takes)
            operations = {
                service: {name: Operation(_noting(served, answer), honoured) for name, answer in answers.items()}
                for service, answers in services.items()
            }
            return exits.enter_context(serving(operations, local_actions, served))

        yield start


class _Everything(frozenset[str]):
    def __contains__(self, _name: object) -> bool:
        return True


EVERYTHING = _Everything()


def _noting(served: Served, answer: Any) -> Callable[[Call], Answer]:
    def run(call: Call) -> Answer:
        served.calls.append(call)
        found: Answer = answer(call) if callable(answer) else answer
        return found

    return run
