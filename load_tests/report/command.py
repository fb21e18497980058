"""report: what a sweep measured, looked at with other wishes."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from load_tests.report.files import load, write
from load_tests.report.wishes import WISHES, Wishes
from load_tests.setting import add_options as add_settings


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "report", type=Path, help="a report.json, or the folder of its sweep; both files are written anew"
    )
    add_settings(parser, WISHES)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    given = vars(options)
    found = {setting.field: setting.read(given[setting.field]) for setting in WISHES}
    steps, about = load(options.report)
    folder = options.report if options.report.is_dir() else options.report.parent
    path = write(folder, steps, about, Wishes.of(found), found["seed"])
    sys.stdout.write(f"{path}\n")
    return 0
