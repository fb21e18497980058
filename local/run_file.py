"""Who runs in a LOCAL_DIR: the lock that one process holds, and run.json that tells its pid and addresses."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.errors import StartError

LOCK, RUN = "run.lock", "run.json"
POLL_S = 0.05


class RunFile:
    """The lock ends with the process, however it ends: a killed run blocks no later one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: int | None = None

    def take(self) -> None:
        """Raises StartError when another process runs here, naming it, or when the folder cannot be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            message = f"{self._folder}: not a folder that can be written ({error.strerror}); LOCAL_DIR names another"
            raise StartError(message) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            who = self.read().get("pid", "another process")
            message = f"pid {who} already runs in {self._folder}; stop it (python -m local down) or set LOCAL_DIR"
            raise StartError(message) from None
        self._lock = lock

    def write(self, run: Mapping[str, Any]) -> None:
        temporary = self._folder / f"{RUN}.new"
        temporary.write_text(json.dumps({"pid": os.getpid(), **run}, indent=2) + "\n")
        temporary.replace(self._folder / RUN)

    def release(self) -> None:
        (self._folder / RUN).unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def read(self) -> dict[str, Any]:
        """What the running process wrote; empty while it starts."""
        try:
            run = json.loads((self._folder / RUN).read_text())
        except (OSError, ValueError):
            return {}
        return run if isinstance(run, dict) else {}

    def is_held(self) -> bool:
        """Whether a process runs here now. Never creates anything."""
        try:
            lock = os.open(self._folder / LOCK, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def stop_holder(self, patience_s: float) -> bool:
        """SIGTERM to the process that runs here; whether it ended in time. The lock tells, so no pid is mistaken."""
        pid = self.read().get("pid")
        if not isinstance(pid, int):
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience_s
        while self.is_held():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)
        return True
