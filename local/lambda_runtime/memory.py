"""How much memory a process has used at most."""

import contextlib
import subprocess
import time
from pathlib import Path

KB_PER_MB = 1024
PS_PAUSE_S = 1.0  # starting `ps` costs milliseconds: not at every invocation


class PeakMemory:
    """The peak resident memory of a process, in MB, rounded up.

    Linux keeps the peak (VmHWM in /proc/<pid>/status). macOS has no /proc: there it is the most that `ps` was seen to
    say, asked at most once a second.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._proc_is_here = Path("/proc/self").is_dir()
        self._mb = 0
        self._asked: float | None = None

    def mb(self) -> int:
        """The peak until now; what was last seen where the process is gone."""
        if self._proc_is_here:
            self._read_proc()
        else:
            self._ask_ps()
        return self._mb

    def _read_proc(self) -> None:
        with (
            contextlib.suppress(OSError),  # the process is gone
            open(f"/proc/{self._pid}/status", "rb") as status,  # noqa: PTH123 - at every invocation: half of pathlib's time
        ):
            self._see(_after(status.read(), b"VmHWM:"))

    def _ask_ps(self) -> None:
        now = time.monotonic()
        if self._asked is None or now - self._asked >= PS_PAUSE_S:
            self._asked = now
            self._see(ps_kilobytes(self._pid))

    def _see(self, kilobytes: int) -> None:
        self._mb = max(self._mb, -(-kilobytes // KB_PER_MB))


def ps_kilobytes(pid: int) -> int:
    """The resident memory of a process as `ps` says it now; 0 where it is gone."""
    command = ["/bin/ps", "-o", "rss=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, check=False).stdout.split()  # noqa: S603 - our own words
    return int(shown[0]) if shown else 0


def _after(text: bytes, name: bytes) -> int:
    """The number after `name`; 0 where it isn't there (a zombie has no memory)."""
    _, _, rest = text.partition(name)
    return int(rest.split(None, 1)[0]) if rest else 0
