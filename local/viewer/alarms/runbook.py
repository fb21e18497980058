"""PURE: an alarm's description -> its section of the runbook, and its severity in words."""

import re

_RUNBOOK = re.compile(r"Runbook:\s*(\S+?)#([\w-]+)")


def runbook_section(description: str) -> str:
    """`... Runbook: docs/runbook.md#fault-rate` -> `fault-rate`; "" where it names none."""
    found = _RUNBOOK.search(description)
    return found[2] if found else ""


def without_runbook(description: str) -> str:
    return _RUNBOOK.sub("", description).strip()
