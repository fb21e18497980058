"""python -m benchmarks [--quick]: measures, prints Markdown, and keeps the figures in .local/bench/."""

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks import figures, function, laptop
from benchmarks.aws import measure as aws
from benchmarks.aws import report
from benchmarks.aws.result import Aws, Size
from benchmarks.figures import Series, Target
from benchmarks.function import Function
from benchmarks.laptop import Laptop
from benchmarks.variants import BARE, BARE_DYNAMODB, NATIVE, NATIVE_DYNAMODB

SIZE = Size(rounds=5, seconds=2.0, points=1_000_000, events=1_000_000)
QUICK_SIZE = Size(rounds=1, seconds=0.1, points=9_000, events=1_000)


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    try:
        return _run(options)
    except RuntimeError as error:
        sys.stderr.write(f"benchmarks: {error}\n")
        return 1


def _end(number: int, _frame: object) -> None:
    """By an exception, so that each `with` ends what it started; the exit code is the shell's own for that signal."""
    sys.exit(128 + number)


def _run(options: argparse.Namespace) -> int:
    started = time.monotonic()
    alone = function.measure(1, 1, 1, quick=True) if options.quick else function.measure(11, 5, 3)
    stack = laptop.measure(1, 50, 1, 0.3) if options.quick else laptop.measure(3, 1000, 3, 3.0)
    cloud = aws.measure(QUICK_SIZE if options.quick else SIZE)
    print(_report(alone, stack, cloud, time.monotonic() - started))
    _keep(options.keep, alone, stack, cloud)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=function.__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds: does it all run? its figures mean little")
    parser.add_argument("--keep", type=Path, default=Path(".local/bench"), help="folder for the figures (%(default)s)")
    return parser.parse_args(arguments)


def _report(alone: Function, stack: Laptop, cloud: Aws, seconds: float) -> str:
    return "\n\n".join(
        (
            f"{_machine()}; {seconds:.0f} s in all",
            figures.comparison("cold start: process to first `next`", alone.cold),
            figures.comparison("cold start: process to first answer", alone.first),
            *(
                figures.comparison(f"cold start at {size} MB: process to first answer", series)
                for size, series in alone.sizes.items()
            ),
            figures.comparison("warm, through the runtime client, to the answer", alone.warm),
            figures.comparison("warm, through the runtime client, to the next `next`", alone.occupied),
            figures.comparison("warm, in process", alone.in_process),
            figures.comparison("peak memory", alone.memory, "MB"),
            figures.comparison("one request through the gateway", _gateway(stack)),
            *report.tables(cloud),
            *(f"Left out: {why}" for why in (*alone.left_out, *cloud.left_out)),
            figures.targets([*_ratios(alone), *_laptop(stack), *report.targets(cloud)]),
        )
    )


def _ratios(alone: Function) -> Iterator[tuple[Target, float]]:
    for size, series in alone.sizes.items():
        measured = figures.ratio(series, NATIVE.name, BARE.name)
        if measured is not None:
            yield replace(figures.COLD, what=f"{figures.COLD.what}, {size} MB"), measured
    for target, series, variant, floor in (
        (figures.COLD, alone.cold, NATIVE, BARE),
        (figures.COLD_DYNAMODB, alone.cold, NATIVE_DYNAMODB, BARE_DYNAMODB),
        (figures.WARM, alone.warm, NATIVE, BARE),
        (figures.IN_PROCESS, alone.in_process, NATIVE, BARE),
        (figures.MEMORY, alone.memory, NATIVE, BARE),
    ):
        measured = figures.ratio(series, variant.name, floor.name)
        if measured is not None:
            yield target, measured


def _laptop(stack: Laptop) -> Iterator[tuple[Target, float]]:
    yield figures.GATEWAY, stack.gateway_p50_ms
    yield figures.THROUGHPUT, median(stack.requests_per_s)
    yield figures.START_UP, median(stack.start_s)


def _gateway(stack: Laptop) -> list[Series]:
    return [Series("as the client sees it", stack.client_ms), Series("added by the gateway", stack.gateway_ms)]


def _machine() -> str:
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"{system}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"


def _keep(folder: Path, alone: Function, stack: Laptop, cloud: Aws) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    document = {
        "time": now.isoformat(timespec="seconds"),
        "machine": _machine(),
        **asdict(alone),
        "laptop": asdict(stack),
        "aws": asdict(cloud),
    }
    (folder / f"{now:%Y%m%dT%H%M%SZ}.json").write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
