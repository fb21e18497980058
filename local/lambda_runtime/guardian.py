"""The guardian: a process that outlives this one for a moment, to end its sandboxes.

Where this process is killed (kill -9, out of memory) nobody else would: idle sandboxes end when their Runtime API is
gone, busy ones and what they started would run on. The guardian reads its standard input; at its end it kills every
process group that it was told of and not told to forget, and removes their control groups. It works alike on Linux and
macOS, costs a cold start nothing, and reaches the children of sandboxes too, which a death signal (prctl) does not.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

SCRIPT = """
import os, signal, sys, time
groups = {}
for line in sys.stdin:
    number, *folders = line[1:].rstrip("\\n").split("\\t")
    if line[0] == "+":
        groups[int(number)] = folders
    else:
        groups.pop(int(number), None)

def kill(how, number):
    try:
        how(int(number), signal.SIGKILL)
    except OSError:
        pass

def remove(folder):
    for attempt in range(100):
        try:
            for pid in open(folder + "/cgroup.procs"):
                kill(os.kill, pid)
            return os.rmdir(folder)
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.01)

for group in groups:
    kill(os.killpg, group)
for folders in groups.values():
    for folder in folders:
        remove(folder)
"""


class Guardian:
    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own text
            [sys.executable, "-I", "-S", "-c", SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C in the terminal is not for it
            bufsize=0,
            cwd="/",
            env={},
        )

    def watch(self, group: int, folders: Iterable[Path] = ()) -> None:
        """From now on the process group, and these control groups, end with this process."""
        self._tell("\t".join([f"+{group}", *map(str, folders)]) + "\n")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}\n")

    async def stop(self) -> None:
        """One that was cancelled is done again: until it has ended it is known."""
        process = self._process
        if process is not None:
            assert process.stdin is not None  # noqa: S101 - for the type checker: start() asked for a pipe
            process.stdin.close()
            await asyncio.to_thread(process.wait)
            self._process = None

    def _tell(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.closed:
            try:
                self._process.stdin.write(line.encode())
            except BrokenPipeError:  # someone killed the guardian: another takes its place when the function restarts
                return
