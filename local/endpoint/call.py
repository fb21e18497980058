"""PURE: a call of an AWS API after its wire protocol is taken off, and what answers it."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

Answer: TypeAlias = Mapping[str, Any]
"""What boto3 would return, without ResponseMetadata: timestamps are aware datetimes, blobs are bytes."""


class Call(NamedTuple):
    """`service` and `operation` are botocore's names (`cloudwatch`, `GetMetricData`). `parameters` are as boto3 takes
    them, checked against botocore's model: timestamps are aware datetimes (UTC), blobs are bytes.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str = "us-east-1"
    account_id: str = "123456789012"


class Store(Protocol):
    """What short operations write to."""

    def at_once(self) -> AbstractContextManager[None]:
        """Within the block nobody is waited for: it raises Taken, before anything is done, where another writes."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """What operations write within the block is kept when it has ended, all at once. The block raises where one of
        them has: then nothing of it is kept.
        """
        ...


@dataclass(frozen=True, slots=True)
class Operation:
    """What answers one operation. `run` works in a thread of its own, unless it is a coroutine function; it raises
    AwsError. `takes` are the top-level parameters that it honours: any other that is given is refused by name.
    `store` is set where it is short: then small requests that come at the same time are done together, on the event
    loop where the store is free. To hand one to a thread, and a transaction of its own, cost as much as the work.
    """

    run: Callable[[Call], Answer | Awaitable[Answer]]
    takes: frozenset[str]
    store: Store | None = None


Operations: TypeAlias = Mapping[str, Operation]
"""A service's operations by botocore's names. One that the model has and this has not is refused by name."""
