"""PURE: what was found of one widget, alarm or saved query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Verdict(Enum):
    """The worst of a widget's lines is the widget's own."""

    DATA = "data"
    """There is something to see; an alarm knows its state."""
    NOT_HERE = "not here"
    """What would publish it isn't in the stack: `absent.py` says what and why."""
    NONE = "NONE"
    """Nothing to see, or the account refuses the question."""


@dataclass(frozen=True)
class Finding:
    """`kind`: widget, alarm or query. `found`: figures, or what is missing. `advice`: why, or what to do about it."""

    kind: str
    where: str
    verdict: Verdict
    found: str
    advice: str = ""


_ORDER = (Verdict.DATA, Verdict.NOT_HERE, Verdict.NONE)


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    return max(verdicts, key=_ORDER.index, default=Verdict.NONE)
