"""Requests made up for tests of what is done with them."""

from typing import Any

from load_tests.made import Made
from load_tests.outcome import Outcome


def made(number: int = 1, **different: Any) -> Made:
    """A warm, fine request; number `number`, whose ids say so."""
    usual: dict[str, Any] = {
        "at": 1_800_000_000.0,
        "method": "GET",
        "route": "/api/items/",
        "status": 200,
        "outcome": Outcome.FINE,
        "ms": 10.0,
        "correlation_id": f"load-{number}",
        "trace_id": f"1-67891233-{number:024x}",
        "sampled": True,
        "handler_ms": 2.0,
        "init_ms": None,
    }
    return Made(**{**usual, **different})
