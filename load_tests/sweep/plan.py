"""PURE: what a sweep is going to do, and what must be the same for another run to go on with it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from load_tests.observation import Configuration
from load_tests.prices import AS_OF, REGION
from load_tests.sweep.bar import minutes
from load_tests.sweep.estimate import Estimate, estimate
from load_tests.sweep.rounds import Part
from load_tests.sweep.settings import Settings

VERSION = 1


def plan(settings: Settings, target: Mapping[str, str], steps: Sequence[Configuration]) -> dict[str, Any]:
    """The start of the laptop's stack is left out: a sweep goes on after it was restarted."""
    return {
        "version": VERSION,
        "target": {name: value for name, value in target.items() if name != "since"},
        "steps": [asdict(step) for step in steps],
        "rounds": settings.rounds,
        "cold": settings.cold,
        "cold_at_once": settings.cold_at_once,
        "warm_up": settings.warm_up,
        "duration": settings.duration,
        "rate": settings.rate,
        "seed": settings.seed,
    }


def guess(settings: Settings, found: Sequence[Part], architecture: str, *, on_aws: bool) -> Estimate:
    return estimate(
        found,
        at_once=settings.cold_at_once,
        warm_up=settings.warm_up,
        rate=settings.rate,
        architecture=architecture,
        on_aws=on_aws,
    )


def question(function: str, endpoint: str, steps: Sequence[Configuration], found: Estimate) -> str:
    """What is asked before anything costs money."""
    names = "\n".join(f"  {step.name}" for step in steps)
    return (
        f"{function} at {endpoint} will be set to, one after the other:\n{names}\n"
        f"That sends about {found.requests:,} requests, takes about {minutes(found.seconds)}, and costs about "
        f"${found.dollars:.2f} (Lambda, API Gateway and logs, prices of {REGION}, {AS_OF}; tables and traces not "
        "counted).\nWho uses the function meanwhile meets those configurations. Go on?"
    )
