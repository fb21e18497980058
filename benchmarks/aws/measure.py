"""The AWS process beside its peers in one run, then alone with a lot of data."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from benchmarks.aws import questions, rates
from benchmarks.aws.abilities import missing
from benchmarks.aws.result import Aws, Size
from benchmarks.aws.servers import PEERS, Server, glasshouse

ASKED = 5  # times that a question is asked


def measure(size: Size) -> Aws:
    with tempfile.TemporaryDirectory(prefix="bench-aws-") as folder, ExitStack() as running:
        ours = running.enter_context(glasshouse(Path(folder) / "glasshouse"))
        left_out: list[str] = []
        with ExitStack() as guests:
            peers = list(_peers(Path(folder), guests, left_out))
            found = rates.measure([ours, *peers], size.rounds, size.seconds)
            memory = {one.name: one.peak_mb() for one in (ours, *peers)}
            left_out += [sentence for peer in peers for sentence in missing(peer)]
        start = questions.fill(ours, size.points, size.events)
        percentiles = questions.timed(
            lambda: _values(ours, start), ASKED, len(questions.PERCENTILES) * questions.MINUTES
        )
        insights = questions.timed(lambda: questions.insights(ours, start), ASKED, len(questions.ROUTES))
        return Aws(found, size, percentiles, insights, memory, ours.peak_mb(), tuple(left_out))


def _peers(folder: Path, guests: ExitStack, left_out: list[str]) -> Iterator[Server]:
    for name, (start, needed) in PEERS.items():
        if needed.exists():
            yield guests.enter_context(start(folder / name))
        else:
            left_out.append(f"{name}: {needed.name} is not installed; `make install-{name}` does it")


def _values(server: Server, start: datetime) -> list[float]:
    return [value for values in questions.percentiles(server, start).values() for value in values]
