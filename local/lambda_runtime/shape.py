"""PURE: what it means to hold a sandbox to its memory size, whatever the means."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

MB_PER_VCPU = 1769  # "at 1,769 MB, a function has the equivalent of one vCPU": the AWS page "Configure memory"
PERIOD_US = 20_000  # Lambda's scheduler gives CPU time in periods of 20 ms
LEAST_QUOTA_US = 1_000  # the kernel takes no smaller quota
BYTES_PER_MB = 1024 * 1024


def quota_us(memory_mb: int) -> int:
    """How much CPU time a function gets in each period, in microseconds, over all CPUs."""
    return max(LEAST_QUOTA_US, round(memory_mb * PERIOD_US / MB_PER_VCPU))


class Shape(Protocol):
    """The limits of one sandbox. `folders` are the control groups that it makes by itself."""

    @property
    def folders(self) -> tuple[Path, ...]: ...

    def command(self, command: Sequence[str]) -> list[str]:
        """The command that starts `command` inside the limits, as the same process."""

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        """The environment that this command needs for `command` to see `environment`."""

    def enter(self, pid: int) -> None:
        """Puts the process that was just started under the limits."""

    async def throttle(self) -> None:
        """From now on CPU time is limited; memory is from the start."""

    async def unthrottle(self) -> None:
        """An initialisation follows, and Lambda boosts those: no limit on CPU time."""

    def kill(self) -> None:
        """Ends whatever still runs inside the limits."""

    async def out_of_memory(self) -> bool:
        """Whether the kernel has killed for memory inside these limits since this was last asked."""

    async def remove(self) -> None:
        """Leaves nothing behind."""


class NoShape:
    """No limits at all."""

    folders: tuple[Path, ...] = ()

    def command(self, command: Sequence[str]) -> list[str]:
        return list(command)

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return environment

    def enter(self, pid: int) -> None: ...

    async def throttle(self) -> None: ...

    async def unthrottle(self) -> None: ...

    def kill(self) -> None: ...

    async def out_of_memory(self) -> bool:
        return False

    async def remove(self) -> None: ...
