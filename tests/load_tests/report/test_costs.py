"""What requests cost, by the examples of AWS's pricing page."""

import pytest

from load_tests.errors import SettingError
from load_tests.prices import price_of
from load_tests.report.costs import (
    Work,
    at_rate,
    hang_dollars,
    most_an_hour,
    provisioned_at_rate,
    request_dollars,
)

X86, ARM = price_of("x86_64"), price_of("arm64")


def test_a_request_costs_what_the_pricing_page_says() -> None:
    """Three million requests of 512 MB and 1 s: 1,500,000 GB-seconds are $25.00, the requests $0.60 (AWS Lambda
    Pricing, its first example, before the free tier). A million of 256 MB and 200 ms on Arm: 50,000 GB-seconds, $0.67.
    """
    assert request_dollars(1000, 512, X86.on_demand) * 3e6 == pytest.approx(25.00 + 0.60, abs=0.01)
    assert request_dollars(200, 256, ARM.on_demand) * 1e6 == pytest.approx(0.667 + 0.20, abs=0.001)


def test_provisioned_sandboxes_cost_while_they_wait() -> None:
    """1 GB for 730 hours: $10.95 on x86, $8.76 on Arm (AWS price list, provisioned concurrency)."""
    assert X86.waiting * 730 * 3600 == pytest.approx(10.95, abs=0.005)
    assert ARM.waiting * 730 * 3600 == pytest.approx(8.76, abs=0.005)


def test_a_hang_costs_its_timeout() -> None:
    """10 s of 1024 MB on x86: ten GB-seconds and a request."""
    assert hang_dollars(10, 1024, X86) == pytest.approx(10 * 0.0000166667 + 0.0000002)


def test_reserved_concurrency_bounds_the_bill() -> None:
    """Ten sandboxes of 1 GB that never rest: 36,000 GB-seconds an hour."""
    assert most_an_hour(10, 1024, X86) == pytest.approx(36_000 * 0.0000166667)


def test_a_rare_request_pays_for_its_start() -> None:
    """At one in ten thousand seconds every request is cold; at a hundred a second hardly any is."""
    work = Work(cold_ms=1000, warm_ms=10, memory_mb=1024, price=X86, idle_s=300)
    rare, cold = at_rate(work, 0.0001)
    assert cold == pytest.approx(0.97, abs=0.01)
    assert rare == pytest.approx((0.97 * 1000 + 0.03 * 10) / 1000 * 16.6667 + 0.2, rel=0.01)
    busy, cold = at_rate(work, 100)
    assert cold < 0.001
    assert busy == pytest.approx(0.01 * 16.6667 + 0.2, rel=0.05)


def test_provisioning_pays_when_it_is_used() -> None:
    """A sandbox that is busy nearly always is cheaper provisioned; one that waits nearly always is dearer."""
    work = Work(cold_ms=1000, warm_ms=100, memory_mb=1024, price=X86, idle_s=300)
    assert provisioned_at_rate(work, 100, 10) < at_rate(work, 100)[0]
    # One request in 100 s: 100 GB-seconds of waiting for each.
    assert provisioned_at_rate(work, 0.01, 1) == pytest.approx(100 * 4.1667 + 0.1 * 9.7222 + 0.2, rel=0.01)


def test_an_architecture_without_a_price_is_refused() -> None:
    """By its name, with those that there are."""
    with pytest.raises(SettingError, match="'riscv' has no price; x86_64, arm64 have"):
        price_of("riscv")
