"""Limits by control groups, version 1 (a folder per controller) and version 2 (one folder).

Source: the kernel's documents "cgroup-v1/memory.rst", "scheduler/sched-bwc.rst" and "cgroup-v2.rst".
"""

import asyncio
import contextlib
import errno
import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path

from local.lambda_runtime.shape import BYTES_PER_MB, PERIOD_US, quota_us

NAME = re.compile(r"glasshouse-(\d+)-[0-9a-f]{8}")
REMOVE_ATTEMPTS = 100
REMOVE_PAUSE_S = 0.01


def new_name() -> str:
    """Says whose it is, so that a later run can tell what a dead one left."""
    return f"glasshouse-{os.getpid()}-{os.urandom(4).hex()}"


def sweep(parent: Path) -> None:
    """Removes the groups that dead runs left in `parent`. One that still holds processes is let be."""
    for group in parent.glob("glasshouse-*"):
        owner = NAME.fullmatch(group.name)
        if owner is not None and not _runs(int(owner[1])):
            with contextlib.suppress(OSError):  # it holds processes, or another run was faster
                group.rmdir()


class CgroupV1:
    """Two groups of one name, in the folders of the controllers cpu and memory."""

    def __init__(self, cpu: Path, memory: Path, memory_mb: int) -> None:
        name = new_name()
        self._cpu, self._memory = cpu / name, memory / name
        self.folders = tuple(dict.fromkeys((self._cpu, self._memory)))  # the same one where they are mounted together
        self._quota_us = quota_us(memory_mb)
        self._kills = 0
        for folder in self.folders:
            folder.mkdir()
        limit = str(memory_mb * BYTES_PER_MB)
        _write(self._memory / "memory.limit_in_bytes", limit)
        _write(self._memory / "memory.oom_control", "0")  # to kill, though the parent group may be one that only waits
        with_swap = self._memory / "memory.memsw.limit_in_bytes"
        if with_swap.exists():  # the kernel counts swap only if it was built to
            _write(with_swap, limit)
        _write(self._cpu / "cpu.cfs_period_us", str(PERIOD_US))

    def command(self, command: Sequence[str]) -> list[str]:
        return list(command)

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return environment

    def enter(self, pid: int) -> None:
        for folder in self.folders:
            with contextlib.suppress(ProcessLookupError):  # it ended at once
                _write(folder / "cgroup.procs", str(pid))

    async def throttle(self) -> None:
        _write(self._cpu / "cpu.cfs_quota_us", str(self._quota_us))

    async def unthrottle(self) -> None:
        _write(self._cpu / "cpu.cfs_quota_us", "-1")

    def kill(self) -> None:
        _kill_all(self._memory / "cgroup.procs")

    async def out_of_memory(self) -> bool:
        before, self._kills = self._kills, _counter(self._memory / "memory.oom_control", "oom_kill")
        return self._kills > before

    async def remove(self) -> None:
        self.kill()
        for folder in self.folders:
            await _remove(folder)

    def probe(self) -> None:
        """Limits nobody and goes. Raises OSError where the kernel does not take the limits."""
        try:
            _write(self._cpu / "cpu.cfs_quota_us", str(self._quota_us))
        finally:
            for folder in self.folders:
                folder.rmdir()


class CgroupV2:
    """One group in `parent`, which has the controllers cpu and memory enabled for its children."""

    def __init__(self, parent: Path, memory_mb: int) -> None:
        self._folder = parent / new_name()
        self.folders = (self._folder,)
        self._quota_us = quota_us(memory_mb)
        self._kills = 0
        self._folder.mkdir()
        _write(self._folder / "memory.max", str(memory_mb * BYTES_PER_MB))
        swap = self._folder / "memory.swap.max"
        if swap.exists():
            _write(swap, "0")

    def command(self, command: Sequence[str]) -> list[str]:
        return list(command)

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return environment

    def enter(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            _write(self._folder / "cgroup.procs", str(pid))

    async def throttle(self) -> None:
        _write(self._folder / "cpu.max", f"{self._quota_us} {PERIOD_US}")

    async def unthrottle(self) -> None:
        _write(self._folder / "cpu.max", f"max {PERIOD_US}")

    def kill(self) -> None:
        _kill_all(self._folder / "cgroup.procs")

    async def out_of_memory(self) -> bool:
        before, self._kills = self._kills, _counter(self._folder / "memory.events", "oom_kill")
        return self._kills > before

    async def remove(self) -> None:
        self.kill()
        await _remove(self._folder)

    def probe(self) -> None:
        """Limits nobody and goes. Raises OSError where the kernel does not take the limits."""
        try:
            _write(self._folder / "cpu.max", f"{self._quota_us} {PERIOD_US}")
        finally:
            self._folder.rmdir()


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="ascii")


def _counter(file: Path, name: str) -> int:
    """The number after `name` in a file of lines `name number`; 0 where somebody has removed the group."""
    try:
        lines = [line.split() for line in file.read_text(encoding="ascii").splitlines()]
    except FileNotFoundError:
        return 0
    return next((int(words[1]) for words in lines if words[0] == name), 0)


def _kill_all(procs: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        for pid in procs.read_text(encoding="ascii").split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)


async def _remove(folder: Path) -> None:
    """A killed process stays in its group until it is reaped. What can't be removed now, a later run's sweep() does."""
    for _ in range(REMOVE_ATTEMPTS):
        try:
            os.rmdir(folder)  # noqa: PTH106 - not a slow file system: pathlib's is refused in coroutines
        except OSError as error:
            if error.errno != errno.EBUSY:
                return
            await asyncio.sleep(REMOVE_PAUSE_S)
        else:
            return


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
