"""The load budget: a short run on a stack of its own, held against the ratios in baseline.json.

    python -m load_tests.budget            # 0: kept; 1: not, with what broke it
    python -m load_tests.budget --write    # what was measured becomes the baseline

Both the service and the floor are measured in one run, on one machine: only their ratio is compared.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from load_tests.budget_check import Ratios, broken, measure
from load_tests.errors import LoadTestError
from load_tests.laptop import ENDED, end_on_sigterm, laptop
from load_tests.locust_run import LOCUSTFILE, locust, read_ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

BASELINE = Path(__file__).with_name("baseline.json")
FLOOR_FILE = "load_tests/floor.py"
USERS = 5
"""One of them is the floor's."""
RATE = 80.0
"""Requests a second of those users: a load that two cores carry, so that requests do not queue behind each other."""
REQUESTS = 500
"""The floor's; some ten seconds' worth. The 99th percentile of as many is the fifth longest: no single outlier."""


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        baseline = None if options.write else Ratios.from_json(json.loads(options.baseline.read_text(encoding="utf-8")))
        if options.folder is not None:
            measured = drive(options.folder.resolve(), options.requests)
        else:
            with tempfile.TemporaryDirectory(prefix="glasshouse-budget-") as folder:
                measured = drive(Path(folder), options.requests)
        if baseline is None:
            options.baseline.write_text(json.dumps(asdict(measured), indent=2) + "\n", encoding="utf-8")
    except (LoadTestError, OSError, ValueError) as error:
        print(f"budget: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return ENDED
    print(
        f"p99 {measured.p99_to_floor:.2f} times the floor's, {measured.cold_starts_per_user:.2f} cold starts a user, "
        f"{measured.faults} answers that nobody asked for"
    )
    if baseline is None:
        print(f"which is {options.baseline} from now on")
        return 0
    wrong = broken(measured, baseline)
    print("\n".join(f"BROKEN: {one}" for one in wrong) or "within the budget")
    return 1 if wrong else 0


def drive(folder: Path, requests: int) -> Ratios:
    """Starts a stack in `folder`, drives it and measures. Raises StackError, OptionError."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"--users {USERS} --spawn-rate {USERS} --rate {RATE} --floor-requests {requests}".split()
    with laptop(folder / "stack") as stack, locust(stack.api, folder, options, f"{LOCUSTFILE},{FLOOR_FILE}"):
        pass  # it ends when the floor has been asked often enough
    return measure(read_ledger(folder), USERS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m load_tests.budget", description="A short load, and its budget.")
    parser.add_argument("--requests", type=int, default=REQUESTS, metavar="N", help=f"of the floor ({REQUESTS})")
    parser.add_argument("--baseline", type=Path, default=BASELINE, metavar="PATH", help="the ratios to hold")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="where all is kept; without it nowhere")
    parser.add_argument("--write", action="store_true", help="make what was measured the baseline")
    return parser


if __name__ == "__main__":
    end_on_sigterm()
    sys.exit(main(sys.argv[1:]))
