"""python -m deployment.permission_findings < POLICIES: parliament on each. Runs in .venv-check; prints JSON."""

import json
import sys
from collections.abc import Mapping
from typing import Any


def findings(policies: Mapping[str, Any]) -> list[dict[str, str]]:
    """What parliament finds: unknown actions, resources that an action cannot have, wildcards, malformed conditions."""
    from parliament import analyze_policy_string  # noqa: PLC0415 - in .venv-check only

    return [
        {"policy": name, "issue": str(finding.issue), "detail": f"{finding.detail}"}
        for name, document in policies.items()
        for finding in analyze_policy_string(json.dumps(document)).findings
    ]


if __name__ == "__main__":
    print(json.dumps(findings(json.load(sys.stdin))))
