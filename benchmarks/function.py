"""The function alone, seen into in different ways: cold and warm times and memory, the variants interleaved."""

import importlib.util
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks import code_tree, event
from benchmarks.figures import Series
from benchmarks.in_process import InProcess
from benchmarks.place import Place, Receiver
from benchmarks.sandbox import Sandbox, Times
from benchmarks.variants import BARE, NATIVE, ONLY_COLD, PEERS, SERVICE, Packages, Variant
from local.lambda_runtime.limits import Limits
from local.lambda_runtime.shape import Shape

T = TypeVar("T")

SIZES_MB = (128, 512, 1769)
"""Lambda's smallest function, what the template recommends, and a whole processor."""
BLOCK = 50
"""Invocations in a row of one warm variant: enough to be warm again, few enough to share the machine's moods."""


@dataclass(frozen=True, slots=True)
class Function:
    """Series with the floor first, and what was left out of them, each with its reason. Empty without awslambdaric."""

    cold: list[Series] = field(default_factory=list)
    first: list[Series] = field(default_factory=list)
    sizes: dict[int, list[Series]] = field(default_factory=dict)
    warm: list[Series] = field(default_factory=list)
    occupied: list[Series] = field(default_factory=list)
    in_process: list[Series] = field(default_factory=list)
    memory: list[Series] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


class Bench:
    """The code trees, each made when it is first needed, and a place for the processes' files."""

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        self._folder, self._receiver = folder, receiver
        self._places: dict[Packages, Place] = {}

    def usable(self, variants: Iterable[Variant]) -> tuple[list[Variant], list[str]]:
        """The variants whose process starts and answers, and why the others are left out. Raises RuntimeError for those
        that a quick run measures: they always must.
        """
        usable, left_out = [], []
        for variant in variants:
            if code_tree.missing(variant.packages):
                left_out.append(f"{variant.name}: {variant.packages.venv} is not there for this Python; make bench")
                continue
            try:
                with self._sandbox(variant) as sandbox:
                    sandbox.start()
                    _invoke(sandbox)
            except RuntimeError as error:
                if variant.quick:
                    raise
                left_out.append(f"{variant.name}: {str(error)[:300]}")
            else:
                usable.append(variant)
        return usable, left_out

    def cold(self, variants: Sequence[Variant], rounds: int) -> tuple[list[Series], list[Series]]:
        """From a process's start to its first request for work, and to the end of the first invocation."""
        ready: dict[str, list[float]] = defaultdict(list)
        first: dict[str, list[float]] = defaultdict(list)
        for number in range(rounds):
            for variant in _rotated(variants, number):
                with self._sandbox(variant) as sandbox:
                    started = sandbox.start() * 1000
                    ready[variant.name].append(started)
                    first[variant.name].append(started + _invoke(sandbox).answered)
        return _series(variants, ready), _series(variants, first)

    def cold_at(self, shape: Callable[[], Shape], variants: Sequence[Variant], rounds: int) -> list[Series]:
        """From a process's start to the end of the first invocation, under a memory size's limits."""
        first: dict[str, list[float]] = defaultdict(list)
        for number in range(rounds):
            for variant in _rotated(variants, number):
                with Sandbox(self._place(variant.packages), variant, shape()) as sandbox:
                    started = sandbox.start() * 1000
                    sandbox.throttle()
                    first[variant.name].append(started + _invoke(sandbox).answered)
        return _series(variants, first)

    def warm(self, variants: Sequence[Variant], rounds: int, blocks: int) -> tuple[list[Series], ...]:
        """From handing an event out to its answer, and to the wish for the next one; and each process's peak memory."""
        answered: dict[str, list[float]] = defaultdict(list)
        occupied: dict[str, list[float]] = defaultdict(list)
        memory: dict[str, list[float]] = defaultdict(list)
        for _ in range(rounds):
            with ExitStack() as exits:
                sandboxes = {variant.name: exits.enter_context(self._sandbox(variant)) for variant in variants}
                for sandbox in sandboxes.values():
                    sandbox.start()
                calls = {name: partial(_invocations, sandbox) for name, sandbox in sandboxes.items()}
                for name, times in _blocks(variants, blocks, calls):
                    answered[name] += [one.answered for one in times]
                    occupied[name] += [one.occupied for one in times]
                for name, sandbox in sandboxes.items():
                    memory[name].append(sandbox.peak_mb())
        return _series(variants, answered), _series(variants, occupied), _series(variants, memory)

    def in_process(self, variants: Sequence[Variant], rounds: int, blocks: int) -> list[Series]:
        """The handler's own time, called without a runtime client: nothing of its work can wait for the answer."""
        taken: dict[str, list[float]] = defaultdict(list)
        for _ in range(rounds):
            with ExitStack() as exits:
                calls = {
                    variant.name: exits.enter_context(InProcess(self._place(variant.packages), variant)).call
                    for variant in variants
                }
                for name, times in _blocks(variants, blocks, calls):
                    taken[name] += times
        return _series(variants, taken)

    def _sandbox(self, variant: Variant) -> Sandbox:
        return Sandbox(self._place(variant.packages), variant)

    def _place(self, packages: Packages) -> Place:
        if packages not in self._places:
            tree = self._folder / packages.name.lower()
            code_tree.build(tree, packages)
            self._places[packages] = Place(tree, self._folder, self._receiver)
        return self._places[packages]


def measure(rounds: int, processes: int, blocks: int, *, quick: bool = False) -> Function:
    """`rounds` cold starts; warm, `blocks` in each of so many fresh `processes`: where a process's memory happens to
    lie makes it a tenth faster or slower. Nothing where awslambdaric has no wheel (macOS).
    """
    if importlib.util.find_spec("awslambdaric") is None:
        return Function()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Receiver() as receiver:
        bench = Bench(Path(folder), receiver)
        wanted = [variant for variant in (*PEERS, SERVICE, *ONLY_COLD) if variant.quick or not quick]
        usable, left_out = bench.usable(wanted)  # which also fills the page cache
        cold, first = bench.cold(usable, rounds)
        sizes = _sizes(bench, rounds, left_out)
        served = [variant for variant in usable if variant not in ONLY_COLD]
        warm, occupied, memory = bench.warm(served, processes, blocks)
        in_process = bench.in_process(served, processes, blocks)
    return Function(cold, first, sizes, warm, occupied, in_process, memory, left_out)


def _sizes(bench: Bench, rounds: int, left_out: list[str]) -> dict[int, list[Series]]:
    limits = Limits.detect()
    if limits.description.startswith("none"):
        left_out.append(f"cold starts by memory size: limits are {limits.description}")
        return {}
    return {size: bench.cold_at(partial(limits.shape, size), (BARE, NATIVE), rounds) for size in SIZES_MB}


def _invoke(sandbox: Sandbox) -> Times:
    taken, answer = sandbox.invoke(event.BYTES)
    event.check(answer)
    return taken


def _invocations(sandbox: Sandbox, number: int) -> list[Times]:
    return [_invoke(sandbox) for _ in range(number)]


def _blocks(
    variants: Sequence[Variant], blocks: int, calls: Mapping[str, Callable[[int], list[T]]]
) -> Iterator[tuple[str, list[T]]]:
    """Each variant's blocks, the variants taking turns; a first block of each is not counted."""
    for number in range(blocks + 1):
        for variant in _rotated(variants, number):
            block = calls[variant.name](BLOCK)
            if number:
                yield variant.name, block


def _rotated(items: Sequence[T], by: int) -> Sequence[T]:
    start = by % len(items)
    return [*items[start:], *items[:start]]


def _series(variants: Sequence[Variant], values: dict[str, list[float]]) -> list[Series]:
    return [Series(variant.name, tuple(values[variant.name])) for variant in variants]
