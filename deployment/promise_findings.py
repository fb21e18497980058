"""python -m deployment.promise_findings RULES < TEMPLATE: cfn-guard's rules on it. Runs in .venv-check; prints JSON."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: How guard's report has a rule's words, and a place in the template.
MESSAGE = re.compile(r'"custom_message": "([^"]+)"')
RESOURCE = re.compile(r"/Resources/(\w+)")


def findings(template: dict[str, Any], rules: str) -> list[dict[str, str]]:
    """The promises that the template breaks: the rule's name, and what the rule says of it."""
    variables, *blocks = re.split(r"^(?=rule )", rules, flags=re.MULTILINE)
    found = [(block.split()[1], _broken(template, variables + block)) for block in blocks]
    return [{"rule": name, "detail": detail} for name, detail in found if detail]


def _broken(template: dict[str, Any], rule: str) -> str:
    """What is wrong by one rule, with which resources; "" if nothing."""
    from cfn_guard_rs import run_checks  # noqa: PLC0415 - in .venv-check only

    try:
        report: Any = run_checks(template, rule).not_compliant
    except json.JSONDecodeError as error:
        # cfn-guard-rs 0.3.3 hands on the last 8 kB of a report. The words are in it, whatever is cut off before them.
        report = [Messages(custom_message=said) for said in MESSAGE.findall(error.doc)] + [error.doc]
    return _words(report) if report else ""


@dataclass(frozen=True)
class Messages:
    """cfn-guard-rs's own, of what is read from a report that is cut off."""

    custom_message: str


def _words(broken: Any) -> str:
    """What is wrong and with which resources: each message and path below it, nested as clauses are."""
    messages: dict[str, None] = {}
    resources: dict[str, None] = {}
    pending = [broken]
    while pending:
        part = pending.pop(0)
        if isinstance(part, str):
            resources.update(dict.fromkeys(RESOURCE.findall(part)))
        if type(part).__name__ == "Messages" and part.custom_message:
            messages[part.custom_message] = None
        pending += _inside(part)
    return f"{'; '.join(messages)} ({', '.join(resources)})"


def _inside(part: Any) -> list[Any]:
    if hasattr(part, "__dataclass_fields__"):
        return [getattr(part, name) for name in part.__dataclass_fields__]
    if isinstance(part, dict):
        return [*part.values()]
    return [*part] if isinstance(part, list | tuple) else []


if __name__ == "__main__":
    print(json.dumps(findings(json.load(sys.stdin), Path(sys.argv[1]).read_text())))
