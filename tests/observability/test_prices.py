"""The estimated cost of a request, by Lambda's list prices."""

from __future__ import annotations

import pytest

from observability import Settings
from observability.constants import Constants
from observability.prices import AS_OF, microdollars, per_millisecond


@pytest.mark.parametrize(
    ("memory_mb", "machine", "provisioned", "duration_ms", "init_ms", "cost"),
    [
        (1024, "x86_64", False, 1000.0, None, 16.8667),  # $0.0000166667 a GB-second, $0.20 a million requests
        (1024, "arm64", False, 1000.0, None, 13.5334),  # $0.0000133334
        (1024, "aarch64", False, 1000.0, None, 13.5334),  # as Linux calls it
        (1024, "x86_64", True, 1000.0, None, 9.9222),  # $0.0000097222 with provisioned concurrency
        (1024, "aarch64", True, 1000.0, None, 7.9778),  # $0.0000077778
        (512, "x86_64", False, 100.0, None, 1.0333),
        (512, "x86_64", False, 99.001, None, 1.0333),  # each millisecond begun is billed
        (512, "x86_64", False, 100.0, 400.0, 4.3667),  # the start is billed too
        (128, "arm64", False, 0.0, None, 0.2),
    ],
)
def test_the_price_of_a_request(
    memory_mb: int, machine: str, duration_ms: float, init_ms: float | None, cost: float, *, provisioned: bool
) -> None:
    """AWS Lambda pricing, us-east-1: GB-seconds, in whole milliseconds, those of the start included, and a request."""
    per_ms = per_millisecond(memory_mb, machine, provisioned=provisioned)
    assert microdollars(per_ms, duration_ms, init_ms) == pytest.approx(cost, abs=0.00005)


def test_the_prices_are_dated() -> None:
    """Somebody who doubts a cost sees of which day its prices are."""
    assert AS_OF == "2025-08-01"


def test_outside_lambda_there_is_no_price() -> None:
    """Without a function's memory nothing is estimated."""
    assert Constants.of(Settings()).cost(100.0, None) is None


def test_lambdas_variables_decide_the_price() -> None:
    """Memory and kind of start are the function's own, the architecture is the machine's."""
    on_demand = {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024"}
    provisioned = {**on_demand, "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"}
    costs = [
        Constants.of(Settings.from_env(environ), machine).cost(1000.0, None)
        for environ in (on_demand, provisioned)
        for machine in ("x86_64", "aarch64")
    ]
    assert costs == pytest.approx([16.8667, 13.5334, 9.9222, 7.9778], abs=0.00005)
