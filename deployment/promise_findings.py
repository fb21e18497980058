"""python -m deployment.promise_findings RULES < TEMPLATE: cfn-guard's rules on it. Runs in .venv-check; prints JSON."""

import json
import re
import sys
from pathlib import Path
from typing import Any

#: How guard names a place in the template.
RESOURCE = re.compile(r"/Resources/(\w+)")


def findings(template: dict[str, Any], rules: str) -> list[dict[str, str]]:
    """The promises that the template breaks: the rule's name, and what the rule says of it."""
    from cfn_guard_rs import run_checks  # noqa: PLC0415 - in .venv-check only

    report = run_checks(template, rules)
    return [{"rule": str(broken.Rule.name), "detail": _words(broken)} for broken in report.not_compliant]


def _words(broken: Any) -> str:
    """What is wrong and with which resources: each message and path below it, nested as clauses are."""
    messages: dict[str, None] = {}
    resources: dict[str, None] = {}
    pending = [broken]
    while pending:
        part = pending.pop(0)
        if isinstance(part, str) and (found := RESOURCE.search(part)):
            resources[found[1]] = None
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
