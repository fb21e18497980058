"""How much memory a sandbox has used at most."""

import subprocess
from pathlib import Path

KB_PER_MB = 1024
PROC = Path("/proc/self")


def peak_memory_mb(pid: int) -> int | None:
    """The process's peak resident memory in MB, rounded up; None where it is gone.

    Linux keeps the peak (VmHWM in /proc/<pid>/status); macOS has it not, so there it is what `ps` sees now.
    """
    return _proc_peak_mb(pid) if PROC.is_dir() else _ps_now_mb(pid)


def _proc_peak_mb(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/status").read_bytes()
    except OSError:
        return None
    _, found, rest = status.partition(b"VmHWM:")
    return _megabytes(rest.split(None, 1)[0]) if found else None


def _ps_now_mb(pid: int) -> int | None:
    command = ["/bin/ps", "-o", "rss=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, check=False).stdout.strip()  # noqa: S603 - our own words
    return _megabytes(shown) if shown else None


def _megabytes(kilobytes: bytes) -> int:
    return -(-int(kilobytes) // KB_PER_MB)
