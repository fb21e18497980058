"""PURE: how long a sweep takes and what it costs, before it runs. An upper guess: a sweep knows no times yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from load_tests.prices import LOG_GIGABYTE_DOLLARS, REST_REQUEST_DOLLARS, price_of
from load_tests.report.costs import gigabytes, request_dollars
from load_tests.sweep.axes import LEAST_MB
from load_tests.sweep.rounds import Part

FULL_CPU_MB = 1769  # AWS page "Configure Lambda function memory": one vCPU
WARM_CPU_MS = 15.0  # of a whole vCPU: a wide guess for a small Python service
COLD_MS = 3000.0  # initialisation and first request, at the smallest size
LOGGED_BYTES = 3000  # a wide line and Lambda's own records
PROVISIONED_STEP_S = 300  # Lambda's pricing page: billed in steps of five minutes
CHANGE_S = {True: 8.0, False: 0.5}  # a change of configuration, a version and an alias; on AWS, on the laptop
COLLECT_S = {True: 20.0, False: 1.0}  # until the last REPORT can be read


@dataclass(frozen=True, slots=True)
class Estimate:
    seconds: float
    requests: int
    dollars: float


def part_seconds(part: Part, at_once: int, warm_up: float, *, on_aws: bool) -> float:
    starts = ceil(part.cold / at_once) if not part.configuration.provisioned else 0
    start_s = CHANGE_S[on_aws] + COLD_MS / 1000 * max(0.3, LEAST_MB / part.configuration.memory_mb)
    return (starts + 1) * start_s + warm_up + part.seconds + COLLECT_S[on_aws]


def part_dollars(part: Part, warm_up: float, rate: float, architecture: str) -> float:
    one, price, load_s = part.configuration, price_of(architecture), warm_up + part.seconds
    warm = load_s * rate
    warm_ms = WARM_CPU_MS * max(1.0, FULL_CPU_MB / one.memory_mb)
    lambda_ = warm * request_dollars(warm_ms, one.memory_mb, price.on_demand)
    starts = part.cold * request_dollars(COLD_MS, one.memory_mb, price.on_demand)
    around = (warm + part.cold) * (REST_REQUEST_DOLLARS + LOGGED_BYTES / 1e9 * LOG_GIGABYTE_DOLLARS)
    held_s = ceil(load_s / PROVISIONED_STEP_S) * PROVISIONED_STEP_S
    waiting = (one.provisioned or 0) * gigabytes(one.memory_mb) * held_s * price.waiting
    return lambda_ + starts + around + waiting


def estimate(  # noqa: PLR0913 - the plan's numbers
    found: Sequence[Part], *, at_once: int, warm_up: float, rate: float, architecture: str, on_aws: bool
) -> Estimate:
    """`dollars` are those of AWS, on the laptop too."""
    return Estimate(
        sum(part_seconds(part, at_once, warm_up, on_aws=on_aws) for part in found),
        round(sum(part.cold + (warm_up + part.seconds) * rate for part in found)),
        sum(part_dollars(part, warm_up, rate, architecture) for part in found),
    )
