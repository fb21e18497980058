"""Limits by the user's systemd, which may make control groups where the user may not.

Source: the manual pages systemd-run(1), systemctl(1) and systemd.resource-control(5).
"""

import asyncio
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.lambda_runtime.cgroup import new_name
from local.lambda_runtime.shape import PERIOD_US, quota_us

# How systemd-run finds the user's systemd, and what it adds: none of it is for the function.
BUS_VARIABLES = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
ADDED_VARIABLES = ("INVOCATION_ID",)
PROBE_S = 5.0


@dataclass(frozen=True, slots=True)
class Systemd:
    """The commands, and the variables by which they find the user's systemd."""

    run: str
    control: str
    bus: Mapping[str, str]

    def answers(self) -> bool:
        """Whether a scope can be made here: tries one."""
        command = [self.run, "--user", "--scope", "--quiet", "--collect", "-p", "MemoryMax=128M", "--", "true"]
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                command, env=dict(self.bus), capture_output=True, timeout=PROBE_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


class SystemdScope:
    """One transient scope. systemd-run makes it and then becomes the command, so the process is the same one."""

    folders: tuple[Path, ...] = ()

    def __init__(self, systemd: Systemd, memory_mb: int) -> None:
        self._systemd = systemd
        self._memory_mb = memory_mb
        self._unit = ""

    def command(self, command: Sequence[str]) -> list[str]:
        self._unit = f"{new_name()}.scope"
        properties = [f"MemoryMax={self._memory_mb}M", "MemorySwapMax=0", f"CPUQuotaPeriodSec={PERIOD_US // 1000}ms"]
        scope = [self._systemd.run, "--user", "--scope", "--quiet", f"--unit={self._unit}"]
        scope += [word for text in properties for word in ("-p", text)]
        hidden = [word for name in (*self._systemd.bus, *ADDED_VARIABLES) for word in ("-u", name)]
        return [*scope, "--", "env", *hidden, *command]

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return environment | dict(self._systemd.bus)

    def enter(self, pid: int) -> None: ...

    async def throttle(self) -> None:
        percent = 100 * quota_us(self._memory_mb) / PERIOD_US
        await self._control(
            "set-property", "--runtime", self._unit, f"CPUQuota={percent:.1f}%"
        )  # older ones take one decimal

    async def unthrottle(self) -> None:
        """Each boot makes a new scope, and a scope begins without a quota."""

    def kill(self) -> None:
        if self._unit:
            subprocess.run(  # noqa: S603 - our own words
                [self._systemd.control, "--user", "kill", "--signal=SIGKILL", self._unit],
                env=dict(self._systemd.bus),
                capture_output=True,
                check=False,
            )

    async def out_of_memory(self) -> bool:
        return await self._control("show", "--value", "-p", "Result", self._unit) == "oom-kill"

    async def remove(self) -> None:
        """A scope goes with its last process; one that ended badly is remembered until it is reset."""
        if self._unit:
            await self._control("reset-failed", self._unit)

    async def _control(self, *words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            self._systemd.control,
            "--user",
            *words,
            env=dict(self._systemd.bus),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        output, _ = await process.communicate()
        return output.decode().strip()
