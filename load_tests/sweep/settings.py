"""The sweep's settings: one table that makes the options, their --help and the docs."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from load_tests.failure import SettingError
from load_tests.report.analysis import Wishes
from load_tests.sweep.axes import Axes, memory_axis, provisioned_axis, reserved_axis, timeout_axis


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


def rates(text: str) -> tuple[float, ...]:
    read = number("--arrival-rates", 1e-6, 1e6)
    return tuple(sorted({read(part.strip()) for part in text.split(",") if part.strip()}))


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


WISHES = (
    Setting(
        "--p99",
        "500",
        "ms that 99 % of requests should stay below, for the cheapest size that does",
        number("--p99", 1, 900_000),
    ),
    Setting(
        "--weight",
        "0.5",
        "of cost against time in the balanced choice: 1 is cost alone, 0 time alone",
        number("--weight", 0, 1),
    ),
    Setting("--arrival-rates", "0.01,0.1,1,10,100", "requests a second to reckon costs and sandboxes for", rates),
    Setting(
        "--idle",
        "300",
        "seconds for which Lambda is taken to keep an idle sandbox; AWS promises none",
        number("--idle", 1, 86_400),
    ),
    Setting("--seed", "1", "of everything random, so that a run can be repeated", whole("--seed", 0, 2**31 - 1)),
)
SETTINGS = (
    Setting("--memory", "128,256,512,1024,1769", "sizes to measure, MB", memory_axis),
    Setting("--timeout", "3,10,29", "timeouts to measure, seconds", timeout_axis),
    Setting("--reserved", "", "reserved concurrency to measure; empty: as it is", reserved_axis),
    Setting("--provisioned", "", "provisioned concurrency of the alias to measure; empty: as it is", provisioned_axis),
    Setting("--cold", "10", "starts to force with each configuration", whole("--cold", 0, 1000)),
    Setting(
        "--cold-at-once",
        "1",
        "starts at a time: quicker, but on a laptop they share its processor",
        whole("--cold-at-once", 1, 100),
    ),
    Setting("--duration", "60", "seconds of load with each configuration", whole("--duration", 1, 86_400)),
    Setting(
        "--warm-up",
        "5",
        "seconds of load before that, not counted: as many sandboxes start as it needs",
        whole("--warm-up", 0, 3600),
    ),
    Setting(
        "--rate",
        "10",
        "requests a second of that load, come what may (Poisson arrivals)",
        number("--rate", 0.1, 10_000),
    ),
    Setting("--api", "", "URL of the API; empty: the laptop's, from its run.json", str),
    Setting("--api-key", "", "sent as X-Api-Key, where the service wants one", str),
    Setting("--endpoint", "", "URL of AWS's APIs; empty: the laptop's; `aws`: AWS itself", str),
    Setting("--function", "", "name of the function; empty: the only one there is", str),
    Setting(
        "--alias",
        "live",
        "what the API invokes, moved from version to version; where it isn't there, $LATEST is measured",
        str,
    ),
    Setting("--region", "", "AWS's region; empty: AWS_REGION, or us-east-1 on the laptop", str),
    Setting("--local-dir", ".local", "LOCAL_DIR of the laptop's stack", Path),
    Setting("--dir", ".local/sweeps", "folder of the sweeps", Path),
    *WISHES,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """`yes`: don't ask on AWS. `fresh`: don't go on with an unfinished sweep of the same plan."""

    axes: Axes
    cold: int
    cold_at_once: int
    warm_up: int
    duration: int
    rate: float
    api: str
    api_key: str
    endpoint: str
    function: str
    alias: str
    region: str
    local_dir: Path
    dir: Path
    seed: int
    wishes: Wishes
    yes: bool = False
    fresh: bool = False

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Self:
        """Raises SettingError."""
        found = {setting.field: setting.read(options[setting.field]) for setting in SETTINGS}
        axes = Axes(found.pop("memory"), found.pop("timeout"), found.pop("reserved"), found.pop("provisioned"))
        return cls(axes=axes, wishes=take_wishes(found), yes=options["yes"], fresh=options["fresh"], **found)


def take_wishes(found: dict[str, Any]) -> Wishes:
    """Takes their members out of `found`."""
    return Wishes(found.pop("p99"), found.pop("weight"), found.pop("arrival_rates"), found.pop("idle"))


def add_options(parser: argparse.ArgumentParser, settings: tuple[Setting, ...] = SETTINGS) -> None:
    for setting in settings:
        default = f"default {setting.default}" if setting.default else "default: empty"
        text = f"{setting.meaning} ({default})".replace("%", "%%")
        parser.add_argument(setting.option, metavar="VALUE", default=setting.default, help=text)


def table() -> list[tuple[str, str, str]]:
    """Rows (option, default, meaning), for the docs."""
    return [(setting.option, setting.default, setting.meaning) for setting in SETTINGS]
