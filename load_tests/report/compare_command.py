"""compare: two report.json, or the folders of two sweeps."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from load_tests.report.comparing import Change, Verdict, compare, only
from load_tests.report.files import load
from load_tests.report.words import NOTHING, ms, percent

CHANGED = (Verdict.MORE, Verdict.LESS)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", type=Path, help="a report.json, or the folder of its sweep")
    parser.add_argument("after", type=Path, help="another")
    parser.add_argument("--all", action="store_true", help="also what did not change")
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    parser.add_argument("--fail", action="store_true", help="exit code 1 when something became more")


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    (before, about), (after, other) = load(options.before), load(options.after)
    changes = compare(before, after)
    if options.json:
        sys.stdout.write(json.dumps([asdict(change) for change in changes], indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(changes, only(before, after), show_all=options.all))
        if about["is_model"] != other["is_model"]:
            sys.stdout.write("one was measured on a laptop, the other on AWS: their times say nothing of each other\n")
    return int(options.fail and any(change.verdict is Verdict.MORE for change in changes))


def _lines(changes: Sequence[Change], alone: tuple[Sequence[str], Sequence[str]], *, show_all: bool) -> list[str]:
    shown = [change for change in changes if show_all or change.verdict in CHANGED]
    rows = [
        (change.variant, change.measure, _value(change.before, change), _value(change.after, change), _said(change))
        for change in shown
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)] if rows else []
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    changed = sum(change.verdict in CHANGED for change in changes)
    lines.append(f"{changed} of {len(changes)} measures changed beyond noise")
    lines += [f"only before: {name}" for name in alone[0]] + [f"only after: {name}" for name in alone[1]]
    return lines


def _value(value: float | None, change: Change) -> str:
    if value is None:
        return NOTHING
    return {"ms": ms, "MB": lambda size: f"{size:.0f} MB", "share": percent}[change.unit](value)


def _said(change: Change) -> str:
    if change.verdict not in CHANGED or not change.before or change.after is None:
        return change.verdict.value
    return f"{change.verdict.value}, x {change.after / change.before:.2f}"
