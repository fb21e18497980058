"""PURE: report.json: about the sweep, its steps with every measurement, and what they say."""

from collections.abc import Mapping, Sequence
from typing import Any

from load_tests.errors import ReportError
from load_tests.observation import Step
from load_tests.report.analysis import analyse
from load_tests.report.intervals import Draws
from load_tests.report.wishes import Wishes

VERSION = 1


def build(steps: Sequence[Step], about: Mapping[str, Any], wishes: Wishes, draws: Draws) -> dict[str, Any]:
    """`about`: function, region, where, architecture, made, and the sweep's numbers."""
    return {
        "version": VERSION,
        "about": dict(about),
        "analysis": analyse(steps, str(about["architecture"]), wishes, draws),
        "steps": [step.as_dict() for step in steps],
    }


def read(document: Any) -> tuple[list[Step], dict[str, Any]]:
    """The steps and `about`. Raises ReportError."""
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise ReportError(f"not a sweep's report.json of version {VERSION}")
    about, steps = document.get("about"), document.get("steps")
    if not isinstance(about, dict) or not isinstance(about.get("architecture"), str) or not isinstance(steps, list):
        raise ReportError("a report.json has `about`, with an architecture, and `steps`")
    return [Step.read(step) for step in steps], about
