"""The settings of `python -m local`: one table that makes the command's options, its --help and the docs."""

import argparse
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from local.errors import SettingError

Switch = Literal["auto", "off"]
Runtime = Literal["auto", "awslambdaric", "stdlib"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: the variable, its default as text, what the text means, and what may stand there."""

    variable: str
    default: str
    meaning: str
    allowed: str
    parse: Callable[[str], Any]

    @property
    def field(self) -> str:
        return self.variable.removeprefix("LOCAL_").lower()

    @property
    def option(self) -> str:
        return "--" + self.field.replace("_", "-")

    def read(self, text: str, given_as: str) -> Any:
        try:
            return self.parse(text)
        except ValueError:
            raise SettingError(f"{given_as}={text!r} is wrong: it takes {self.allowed}") from None


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise ValueError
    return port


def _one_of(*values: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in values:
            raise ValueError
        return text

    return parse


def _switch(text: str) -> bool:
    if text.lower() in ("on", "1", "true", "yes"):
        return True
    if text.lower() in ("off", "0", "false", "no", ""):
        return False
    raise ValueError


def _folder(text: str) -> Path:
    if not text:
        raise ValueError
    return Path(text).expanduser()


def _optional_folder(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _parameters(text: str) -> dict[str, str]:
    pairs = [word.partition("=") for word in text.split()]
    if not all(name and equals for name, equals, _ in pairs):
        raise ValueError
    return {name: value for name, _, value in pairs}


SETTINGS: tuple[Setting, ...] = (
    Setting("LOCAL_PORT", "8000", "HTTP port of the API on 127.0.0.1", "a port, 0 for any free one", _port),
    Setting(
        "LOCAL_XRAY_PORT", "2000", "UDP port of the X-Ray daemon on 127.0.0.1", "a port, 0 for any free one", _port
    ),
    Setting(
        "LOCAL_AWS_PORT",
        "4566",
        "HTTP port of AWS's APIs (CloudWatch, Logs, X-Ray, Lambda, SNS, CloudFormation) on 127.0.0.1",
        "a port, 0 for any free one",
        _port,
    ),
    Setting("LOCAL_VIEWER_PORT", "8001", "HTTP port of the viewer on 127.0.0.1", "a port, 0 for any free one", _port),
    Setting("LOCAL_DIR", ".local", "folder for logs, traces and the run file", "a path", _folder),
    Setting("LOCAL_TEMPLATE", "sam_template.yaml", "the SAM template that says what to run", "a path", _folder),
    Setting(
        "LOCAL_PARAMETERS",
        "",
        "template parameters, as in `Stage=dev MemorySize=256`",
        "Name=value words, separated by spaces",
        _parameters,
    ),
    Setting(
        "LOCAL_ARTIFACT",
        "",
        "serve this built artifact (function/, layer/python/, runtime/) instead of the work tree",
        "a path, or nothing",
        _optional_folder,
    ),
    Setting(
        "LOCAL_SHAPING",
        "auto",
        "CPU and memory of a sandbox follow the function's memory size, as in Lambda",
        "auto or off",
        _one_of("auto", "off"),
    ),
    Setting(
        "LOCAL_RUNTIME",
        "auto",
        "the runtime client in the sandboxes; auto takes awslambdaric where it has a wheel (Linux)",
        "auto, awslambdaric or stdlib",
        _one_of("auto", "awslambdaric", "stdlib"),
    ),
    Setting(
        "LOCAL_RELOAD",
        "on",
        "new sandboxes when a watched file or the template changes (never with an artifact)",
        "on or off",
        _switch,
    ),
    Setting(
        "LOCAL_WATCH",
        "service observability",
        "folders below the code root that are watched, beside the handler's own package",
        "names, separated by spaces",
        _words,
    ),
    Setting(
        "LOCAL_STAGE_PATH",
        "off",
        "serve under /{stage}/ as execute-api does; off serves at the root as a custom domain name does",
        "on or off",
        _switch,
    ),
    Setting(
        "LOCAL_HOSTS",
        "",
        "Host names that the API answers beside the loopback ones",
        "names, separated by spaces",
        _words,
    ),
    Setting("LOCAL_VERBOSE", "off", "show Lambda's own lines (START, END, REPORT) too", "on or off", _switch),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the table says, read."""

    port: int
    xray_port: int
    aws_port: int
    viewer_port: int
    dir: Path
    template: Path
    parameters: Mapping[str, str]
    artifact: Path | None
    shaping: Switch
    runtime: Runtime
    reload: bool
    watch: tuple[str, ...]
    stage_path: bool
    hosts: tuple[str, ...]
    verbose: bool

    @classmethod
    def from_env(cls, environ: Mapping[str, str], options: Mapping[str, str | None] | None = None) -> Self:
        """An option wins over its variable, a variable over the default. Raises SettingError."""
        values = {}
        for setting in SETTINGS:
            option = (options or {}).get(setting.field)
            text = environ.get(setting.variable, setting.default) if option is None else option
            name = setting.variable if option is None else setting.option
            values[setting.field] = setting.read(text, name)
        return cls(**values)


def misnamed(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that is named as a setting is, and is none."""
    known = [setting.variable for setting in SETTINGS]
    found = sorted(name for name in environ if name.startswith("LOCAL_") and name not in known)
    return [f"{name} is no setting and does nothing; {_near(name, known)}" for name in found]


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known)
    return f"there is {', '.join(near)}" if near else "python -m local up --help has them all"


def add_options(parser: argparse.ArgumentParser) -> None:
    for setting in SETTINGS:
        default = f"default {setting.default}" if setting.default else "default: none"
        # --verbose alone turns it on, as people expect of it.
        bare: dict[str, Any] = {"nargs": "?", "const": "on"} if setting.parse is _switch else {}
        meaning = f"{setting.meaning}: {setting.allowed} ({setting.variable}, {default})".replace("%", "%%")
        parser.add_argument(setting.option, metavar="VALUE", default=None, help=meaning, **bare)


def table() -> list[tuple[str, str, str, str]]:
    """The settings as rows (variable, default, meaning, allowed values), for the docs."""
    return [(setting.variable, setting.default, setting.meaning, setting.allowed) for setting in SETTINGS]
