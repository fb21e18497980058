"""python -m observability: what the library does besides being imported."""

from __future__ import annotations

import argparse
import sys

from observability.compare_traces import compare_traces
from observability.compare_traces.command import DESCRIPTION


def main(arguments: list[str]) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m observability")
    commands = parser.add_subparsers(required=True, metavar="command")
    compare = commands.add_parser("compare-traces", help="what differs between two recordings", description=DESCRIPTION)
    compare.add_argument("a", metavar="A", help="a file of JSON lines")
    compare.add_argument("b", metavar="B", help="another")
    compare.add_argument(
        "--ignore", metavar="PATH", action="append", default=[], help="what doesn't count: annotations.cold_start, http"
    )
    given = parser.parse_args(arguments)
    return compare_traces(given.a, given.b, given.ignore)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
