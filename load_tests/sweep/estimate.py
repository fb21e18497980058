"""PURE: how long a sweep takes and what it costs, before it runs. An upper guess: a sweep knows no times yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from load_tests.observation import Configuration
from load_tests.prices import LOG_GIGABYTE_DOLLARS, REST_REQUEST_DOLLARS, price_of
from load_tests.report.costs import gigabytes, request_dollars

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


def step_seconds(one: Configuration, cold: int, at_once: int, duration: float, *, on_aws: bool) -> float:
    starts = ceil(cold / at_once) if not one.provisioned else 0
    start_s = CHANGE_S[on_aws] + COLD_MS / 1000 * max(0.3, 128 / one.memory_mb)
    return (starts + 1) * start_s + duration + COLLECT_S[on_aws]


def step_dollars(one: Configuration, cold: int, duration: float, rate: float, architecture: str) -> float:
    price, warm = price_of(architecture), duration * rate
    warm_ms = WARM_CPU_MS * max(1.0, FULL_CPU_MB / one.memory_mb)
    lambda_ = warm * request_dollars(warm_ms, one.memory_mb, price.on_demand)
    starts = cold * request_dollars(COLD_MS, one.memory_mb, price.on_demand)
    around = (warm + cold) * (REST_REQUEST_DOLLARS + LOGGED_BYTES / 1e9 * LOG_GIGABYTE_DOLLARS)
    held_s = ceil(duration / PROVISIONED_STEP_S) * PROVISIONED_STEP_S
    waiting = (one.provisioned or 0) * gigabytes(one.memory_mb) * held_s * price.waiting
    return lambda_ + starts + around + waiting


def estimate(  # noqa: PLR0913 - the plan's numbers
    configurations: Sequence[Configuration],
    *,
    cold: int,
    at_once: int,
    duration: float,
    rate: float,
    architecture: str,
    on_aws: bool,
) -> Estimate:
    """`dollars` are those of AWS, on the laptop too."""
    return Estimate(
        sum(step_seconds(one, cold, at_once, duration, on_aws=on_aws) for one in configurations),
        round(len(configurations) * (cold + duration * rate)),
        sum(step_dollars(one, cold, duration, rate, architecture) for one in configurations),
    )
