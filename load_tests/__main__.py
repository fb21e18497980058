"""python -m load_tests sweep | restore | report | compare: one row a command in COMMANDS."""

import argparse
import os
import sys
from collections.abc import Mapping
from importlib import import_module

from load_tests.errors import LoadTestError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "sweep": ("load_tests.sweep.command", "measure memory sizes, timeouts and concurrency, and recommend some"),
    "restore": ("load_tests.sweep.restore_command", "put back what a killed sweep left changed"),
    "report": ("load_tests.report.command", "write report.html anew from a report.json, with other settings"),
    "compare": ("load_tests.report.compare_command", "what changed beyond noise between two report.json"),
}
"""Name -> (module, help). The module has `add_options(parser)` and `run(options, environ) -> exit code`."""
KILLED = 130  # the exit code of a process that Ctrl-C ended


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        _parser().parse_args(arguments)  # --help, or what is wrong
    # Only the command's own module: a sweep needs no Locust, and comparing needs no boto3.
    module = import_module(COMMANDS[name][0])
    parser = argparse.ArgumentParser(prog=f"python -m load_tests {name}", description=COMMANDS[name][1])
    module.add_options(parser)
    try:
        return int(module.run(parser.parse_args(arguments[1:]), environ))
    except LoadTestError as error:
        sys.stderr.write(f"load_tests: {error}\n")
        return 1
    except KeyboardInterrupt:
        return KILLED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m load_tests", description="Load tests, sweeps and their reports")
    commands = parser.add_subparsers(required=True, metavar="|".join(COMMANDS))
    for name, (_module, meaning) in COMMANDS.items():
        commands.add_parser(name, help=meaning)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
