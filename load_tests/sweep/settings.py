"""The sweep's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from load_tests.report.wishes import WISHES, Wishes
from load_tests.setting import Setting, number, whole
from load_tests.sweep.axes import Axes, memory_axis, provisioned_axis, reserved_axis, timeout_axis

SETTINGS = (
    Setting("--memory", "128,256,512,1024,1769", "sizes to measure, MB", memory_axis),
    Setting("--timeout", "3,10,29", "timeouts to measure, seconds", timeout_axis),
    Setting("--reserved", "", "reserved concurrency to measure; empty: as it is", reserved_axis),
    Setting("--provisioned", "", "provisioned concurrency of the alias to measure; empty: as it is", provisioned_axis),
    Setting(
        "--rounds",
        "2",
        "passes over all configurations, each with its part of the starts and of the load: a slow minute falls on all",
        whole("--rounds", 1, 100),
    ),
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
    rounds: int
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
        own = {name: found[name] for name in found if name in cls.__dataclass_fields__}
        axes = Axes(found["memory"], found["timeout"], found["reserved"], found["provisioned"])
        return cls(axes=axes, wishes=Wishes.of(found), yes=options["yes"], fresh=options["fresh"], **own)


def table() -> list[tuple[str, str, str]]:
    """Rows (option, default, meaning), for the docs."""
    return [(setting.option, setting.default, setting.meaning) for setting in SETTINGS]
