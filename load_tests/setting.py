"""Settings as rows of a table, which makes the options, their --help and the docs."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from load_tests.errors import SettingError


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: option, default as text, meaning, and what reads the text."""

    option: str
    default: str
    meaning: str
    read: Callable[[str], Any]

    @property
    def field(self) -> str:
        return self.option.removeprefix("--").replace("-", "_")


def whole(option: str, least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
            raise SettingError(f"{option} {text!r}: give a whole number, {least} to {most}")
        return int(text)

    return read


def number(option: str, least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise SettingError(f"{option} {text!r}: give a number, {least:g} to {most:g}")
        return value

    return read


def add_options(parser: argparse.ArgumentParser, settings: Sequence[Setting]) -> None:
    for setting in settings:
        default = f"default {setting.default}" if setting.default else "default: empty"
        text = f"{setting.meaning} ({default})".replace("%", "%%")
        parser.add_argument(setting.option, metavar="VALUE", default=setting.default, help=text)
