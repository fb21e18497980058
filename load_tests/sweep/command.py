"""sweep: measure, and write a report."""

import argparse
import sys
from collections.abc import Mapping

from load_tests.setting import add_options as add_settings
from load_tests.sweep.folder import alone
from load_tests.sweep.interrupts import all_as_ctrl_c
from load_tests.sweep.place import place
from load_tests.sweep.runner import Sweep, Terminal
from load_tests.sweep.settings import SETTINGS, Settings

DECLINED = 2  # the exit code when the answer was no


def add_options(parser: argparse.ArgumentParser) -> None:
    add_settings(parser, SETTINGS)
    parser.add_argument("--yes", action="store_true", help="on AWS, don't ask before it costs money")
    parser.add_argument("--fresh", action="store_true", help="don't go on with an unfinished sweep of the same plan")


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = Settings.read(vars(options))
    with all_as_ctrl_c(), alone(settings.dir), place(settings, environ) as found:
        path = Sweep(found, settings, Terminal(tell, ask)).run()
    if path is None:
        tell("nothing was changed")
        return DECLINED
    sys.stdout.write(f"{path}\n")
    return 0


def tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def ask(question: str) -> bool:
    """No answer is a no."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
