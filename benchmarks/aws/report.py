"""PURE: what was measured of the laptop's AWS, as tables and beside its targets."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from benchmarks import figures
from benchmarks.aws.result import Aws
from benchmarks.figures import Series, Target
from local.aws.parts import NICE

#: Said above the tables: rates compare only where the processor is shared alike.
PRIORITY = f"The laptop's AWS and its peers all run at the same priority (nice +{NICE}), which is its own."


def tables(found: Aws) -> Iterator[str]:
    yield PRIORITY
    for load, series in found.rates.items():
        yield figures.rates(load, series)
    memory = [Series(name, (peak_mb,)) for name, peak_mb in found.memory_mb.items()]
    yield figures.comparison("memory of the AWS process after these calls, at its peak", memory, "MB")


def targets(found: Aws) -> Iterator[tuple[Target, float]]:
    for load, (ours, *peers) in found.rates.items():
        if peers:
            target = replace(figures.PEERS_RATE, what=f"{load}, {figures.PEERS_RATE.what}")
            yield target, ours.ratio_to(max(peers, key=lambda peer: peer.median))
    percentiles = replace(figures.PERCENTILES, what=f"{figures.PERCENTILES.what}, of {found.size.points:,} points")
    yield percentiles, median(found.percentiles_s)
    insights = replace(figures.INSIGHTS, what=f"{figures.INSIGHTS.what}, of {found.size.events:,} events")
    yield insights, median(found.insights_s)
    yield figures.AWS_MEMORY, found.filled_mb
