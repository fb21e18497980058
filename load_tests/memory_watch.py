"""Samples the memory of processes and of all that they start, while something else goes on."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil

from load_tests.memory import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EACH_S = 1.0


class MemoryWatch:
    """The samples of each process, by a name that says what it is and its pid."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = roots
        self._began = time.monotonic()
        self.samples: dict[str, list[Sample]] = {}
        self.length_s = 0.0

    def look(self) -> None:
        self.length_s = time.monotonic() - self._began
        for name, pid in self._roots.items():
            for process in _family(pid):
                try:
                    key = name if process.pid == pid else f"{name}: {_kind(process)} {process.pid}"
                    rss = process.memory_info().rss
                except psutil.Error:
                    continue  # it has just ended
                self.samples.setdefault(key, []).append(Sample(self.length_s, rss))


@contextmanager
def watch(roots: Mapping[str, int]) -> Iterator[MemoryWatch]:
    """`roots`: pids by name. Looks each second until the block ends."""
    watcher, over = MemoryWatch(roots), threading.Event()

    def go_on() -> None:
        while not over.wait(EACH_S):
            watcher.look()

    thread = threading.Thread(target=go_on, name="memory watch")
    thread.start()
    try:
        yield watcher
    finally:
        over.set()
        thread.join()


def _family(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def _kind(process: psutil.Process) -> str:
    """What a person calls it: the module that it runs, or the handler that a sandbox has."""
    words = process.cmdline()
    for option in ("-m", "-c"):
        if option in words[:-1]:
            return words[words.index(option) + 1] if option == "-m" else "a script"
    return words[-1].rpartition("/")[2] if words else process.name()
