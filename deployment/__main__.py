"""python -m deployment check: what is wrong with the templates; trial: deploy them to a made-up AWS."""

import os
import sys
import time
from collections.abc import Callable, Mapping

from deployment.checks import CHECKS, Case
from deployment.errors import DeploymentError, NotAskedError
from deployment.tools import ROOT, Tools
from deployment.trial import Trial


def main(arguments: list[str]) -> int:
    command = COMMANDS.get(arguments[0]) if len(arguments) == 1 else None
    if command is None:
        print("usage: python -m deployment check|trial", file=sys.stderr)
        return 2
    try:
        return command()
    except DeploymentError as error:
        print(error, file=sys.stderr)
        return 1


def check() -> int:
    """Runs every check and prints each; 1 when one found something."""
    case = Case(
        ROOT / "sam_template.yaml", ROOT / "dashboards/generated/monitoring.json", Tools(ROOT, dict(os.environ))
    )
    wrong = 0
    for name, find in CHECKS.items():
        start = time.monotonic()
        try:
            found = list(find(case))
        except NotAskedError as error:
            print(f"{name}: NOT ASKED: {error}")
            continue
        wrong += len(found)
        print(f"{name}: {f'{len(found)} findings' if found else 'good'} ({time.monotonic() - start:.1f} s)")
        for sentence in found:
            print(f"  {sentence}")
    return 1 if wrong else 0


def trial() -> int:
    """Builds, deploys, updates and deletes."""
    Trial(Tools(ROOT, dict(os.environ)), ROOT / "build/deploy-check", lambda line: print(line, flush=True)).run()
    return 0


COMMANDS: Mapping[str, Callable[[], int]] = {"check": check, "trial": trial}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
