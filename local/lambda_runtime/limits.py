"""How the CPU and memory of sandboxes are held to what Lambda gives a function of its memory size, on this machine."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local.lambda_runtime.cgroup import CgroupV1, CgroupV2, sweep
from local.lambda_runtime.cgroup_places import v1_place, v2_place
from local.lambda_runtime.shape import NoShape, Shape
from local.lambda_runtime.systemd_scope import BUS_VARIABLES, Systemd, SystemdScope

PROBE_MB = 128  # Lambda's smallest function


@dataclass(frozen=True, slots=True)
class Limits:
    """How sandboxes are shaped. `description` is one readable sentence for the start-up line.

    `shape` makes the limits of a sandbox of so many MB.
    """

    description: str
    shape: Callable[[int], Shape]

    @classmethod
    def off(cls, why: str = "turned off by setting") -> "Limits":
        return cls(f"none: {why}", lambda _memory_mb: NoShape())

    @classmethod
    def detect(cls, setting: Literal["auto", "off"] = "auto", environ: Mapping[str, str] | None = None) -> "Limits":
        """Tries, and takes what works: cgroup v1, cgroup v2, the user's systemd, nothing. `off` is nothing."""
        if setting == "off":
            return cls.off()
        if sys.platform != "linux":
            return cls.off(f"{sys.platform} has no control groups")
        reasons: list[str] = []
        for attempt in (_cgroup_v1, _cgroup_v2, lambda: _systemd(os.environ if environ is None else environ)):
            found = attempt()
            if isinstance(found, Limits):
                return found
            reasons.append(found)
        return cls.off("; ".join(reasons))


def cgroup_v1(cpu: Path, memory: Path) -> Limits:
    """Limits by groups made in these two folders, one for each controller."""
    return Limits("cgroup v1", lambda memory_mb: CgroupV1(cpu, memory, memory_mb))


def cgroup_v2(parent: Path) -> Limits:
    """Limits by groups made in this folder."""
    return Limits("cgroup v2", lambda memory_mb: CgroupV2(parent, memory_mb))


def systemd_scopes(systemd: Systemd) -> Limits:
    """Limits by transient scopes of the user's systemd."""
    return Limits("systemd-run --user --scope", lambda memory_mb: SystemdScope(systemd, memory_mb))


def _cgroup_v1() -> Limits | str:
    mountinfo, own_groups = _proc("mountinfo"), _proc("cgroup")
    cpu, memory = (v1_place(mountinfo, own_groups, controller) for controller in ("cpu", "memory"))
    if cpu is None or memory is None:
        return "cgroup v1 has no cpu and memory controllers here"
    try:
        for place in {cpu, memory}:
            sweep(place)
        CgroupV1(cpu, memory, PROBE_MB).probe()
    except OSError as error:
        return f"cgroup v1 can't be used ({error})"
    return cgroup_v1(cpu, memory)


def _cgroup_v2() -> Limits | str:
    place = v2_place(_proc("mountinfo"), _proc("cgroup"))
    if place is None:
        return "cgroup v2 is not mounted"
    try:
        enable_controllers(place)
        sweep(place)
        CgroupV2(place, PROBE_MB).probe()
    except OSError as error:
        return f"cgroup v2 can't be used ({error})"
    return cgroup_v2(place)


def _systemd(environ: Mapping[str, str]) -> Limits | str:
    run, control = shutil.which("systemd-run"), shutil.which("systemctl")
    if run is None or control is None:
        return "systemd-run is not installed"
    bus = {name: environ[name] for name in BUS_VARIABLES if name in environ}
    systemd = Systemd(run, control, bus)
    return systemd_scopes(systemd) if systemd.answers() else "systemd-run --user --scope does not work here"


def enable_controllers(parent: Path) -> None:
    """Lets the children of a version 2 group have limits. Raises OSError where it can't."""
    missing = {"cpu", "memory"} - set((parent / "cgroup.subtree_control").read_text(encoding="ascii").split())
    if missing:
        words = " ".join(f"+{controller}" for controller in sorted(missing))
        (parent / "cgroup.subtree_control").write_text(words, encoding="ascii")


def _proc(name: str) -> str:
    return Path("/proc/self", name).read_text(encoding="utf-8")
