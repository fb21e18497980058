"""Cold and warm times of the function alone, in the real runtime client, the variants interleaved."""

import importlib.util
import socket
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from benchmarks import code_tree, event
from benchmarks.figures import Series
from benchmarks.sandbox import Sandbox
from benchmarks.variants import BARE, SERVICE, VARIANTS, Variant

T = TypeVar("T")

BLOCK = 50
"""Invocations in a row of one warm variant: enough to be warm again, few enough to share the machine's moods."""


class Bench:
    """The code trees and a place for the function's files; closed with the `with` that opened it."""

    def __init__(self, folder: Path, daemon: str) -> None:
        self._folder, self._daemon = folder, daemon
        for bytecode in (True, False):
            code_tree.build(self._tree(bytecode=bytecode), bytecode=bytecode)

    def cold(self, rounds: int, uncounted: int) -> list[Series]:
        """From a process's start to its first request for work; uncounted rounds come first and fill the page cache."""
        seconds: dict[str, list[float]] = defaultdict(list)
        for number in range(-uncounted, rounds):
            for variant in _rotated(VARIANTS, number):
                with self._sandbox(variant) as sandbox:
                    taken = sandbox.start()
                if number >= 0:
                    seconds[variant.name].append(taken)
        return [_series(variant, seconds[variant.name]) for variant in VARIANTS]

    def warm(self, blocks: int) -> list[Series]:
        """From handing an event out to its answer; a first block of each variant is not counted."""
        seconds: dict[str, list[float]] = defaultdict(list)
        with ExitStack() as exits:
            sandboxes = [(variant, exits.enter_context(self._sandbox(variant))) for variant in (BARE, SERVICE)]
            for _, sandbox in sandboxes:
                sandbox.start()
            for number in range(blocks + 1):
                for variant, sandbox in _rotated(sandboxes, number):
                    taken = [_invoke(sandbox) for _ in range(BLOCK)]
                    seconds[variant.name] += taken if number else []
        return [_series(variant, seconds[variant.name]) for variant in (BARE, SERVICE)]

    def _sandbox(self, variant: Variant) -> Sandbox:
        return Sandbox(self._tree(bytecode=variant.bytecode), variant.handler, self._folder, self._daemon)

    def _tree(self, *, bytecode: bool) -> Path:
        return self._folder / ("with-bytecode" if bytecode else "without-bytecode")


def measure(rounds: int, blocks: int, uncounted: int = 1) -> tuple[list[Series], list[Series]]:
    """Cold and warm series, each with the floor first; both empty where awslambdaric has no wheel (macOS)."""
    if importlib.util.find_spec("awslambdaric") is None:
        return [], []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, socket.socket(type=socket.SOCK_DGRAM) as daemon:
        # Somebody must listen: a datagram to a closed port costs the sender an error at the next one.
        daemon.bind(("127.0.0.1", 0))
        bench = Bench(Path(folder), f"127.0.0.1:{daemon.getsockname()[1]}")
        return bench.cold(rounds, uncounted), bench.warm(blocks)


def _invoke(sandbox: Sandbox) -> float:
    taken, answer = sandbox.invoke(event.BYTES)
    event.check(answer)
    return taken


def _rotated(items: Sequence[T], by: int) -> Sequence[T]:
    start = by % len(items)
    return [*items[start:], *items[:start]]


def _series(variant: Variant, seconds: Sequence[float]) -> Series:
    return Series(variant.name, tuple(one * 1000 for one in seconds))
