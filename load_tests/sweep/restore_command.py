"""restore: what a killed sweep left changed, without another sweep."""

import argparse
import sys
from collections.abc import Mapping

from load_tests.setting import add_options as add_settings
from load_tests.sweep.command import tell
from load_tests.sweep.folder import alone
from load_tests.sweep.journal import Journal
from load_tests.sweep.place import place
from load_tests.sweep.restoring import restore_left
from load_tests.sweep.settings import SETTINGS, Settings

WANTED = ("--endpoint", "--function", "--region", "--local-dir", "--dir")


def add_options(parser: argparse.ArgumentParser) -> None:
    add_settings(parser, tuple(setting for setting in SETTINGS if setting.option in WANTED))


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    defaults = {setting.field: setting.default for setting in SETTINGS}
    defaults["api"] = "unused"  # restoring sends no request there
    settings = Settings.read({**defaults, "yes": False, "fresh": False, **vars(options)})
    if Journal(settings.dir).read() is None:
        sys.stdout.write("nothing is left to restore\n")
        return 0
    with alone(settings.dir), place(settings, environ) as found:
        restore_left(found, Journal(settings.dir), tell)
    return 0
