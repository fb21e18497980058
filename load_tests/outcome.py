"""PURE: what became of a request, and under which name Locust counts it."""

from collections.abc import Collection
from enum import StrEnum

FINE = frozenset({200, 201, 204})
"""What a user who asks for nothing special wants to be answered."""


class Outcome(StrEnum):
    """`FINE`: the answer that the user came for. `REFUSED`: an error that the user asked for, such as the 404 of a
    mistyped address; a success of its own kind. `WRONG`: any other answer, or none.
    """

    FINE = "fine"
    REFUSED = "refused"
    WRONG = "wrong"


def judge(status: int, asked_for: Collection[int]) -> Outcome:
    """`status` is 0 where there was no answer."""
    if status not in asked_for:
        return Outcome.WRONG
    return Outcome.REFUSED if status >= 400 else Outcome.FINE


def entry_name(route: str, status: int, outcome: Outcome, *, cold: bool) -> str:
    """The name of Locust's entry: the route alone is warm and as wanted; what differs stands beside it."""
    words = [route]
    if outcome is Outcome.REFUSED:
        words.append(f"{status} asked for")
    if cold:
        words.append("cold")
    return " · ".join(words)


def complaint(status: int, asked_for: Collection[int]) -> str:
    """One sentence per kind of failure, the same for all of a kind: Locust counts them by it."""
    wanted = " or ".join(str(number) for number in sorted(asked_for))
    return f"{status or 'no answer'}, where {wanted} was asked for"
