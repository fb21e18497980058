"""Steps -> what the report says."""

from random import Random
from typing import Any

import pytest

from load_tests.observation import Outcome, Phase, Step
from load_tests.report.analysis import analyse
from load_tests.report.wishes import Wishes
from tests.load_tests.report.measured import one, step, unreported


def analysed(steps: list[Step], **wishes: Any) -> dict[str, Any]:
    return analyse(steps, "x86_64", Wishes(**wishes), Random(1))


def by_name(found: dict[str, Any]) -> dict[str, Any]:
    return {row["name"]: row for row in found["variants"]}


STEPS = [
    step(512, [one(20, at_s=1000 + at / 10) for at in range(99)] + [one(20, init_ms=400, phase=Phase.COLD)], 3),
    step(128, [one(80, at_s=2000 + at / 10) for at in range(100)] + [one(90, init_ms=900, phase=Phase.COLD)], 3),
    step(512, [one(20, at_s=3000 + at / 10) for at in range(101)] + [one(22, init_ms=420, phase=Phase.COLD)], 10),
]


def test_variants_are_sizes_and_timeouts_are_pooled() -> None:
    """Ascending by memory; 512 MB has the requests of both its timeouts; forced starts aren't in the load's mix."""
    found = analysed(STEPS)
    assert [row["name"] for row in found["variants"]] == ["128 MB", "512 MB"]
    middle = by_name(found)["512 MB"]
    assert (middle["requests"], middle["load_requests"]) == (202, 200)
    assert middle["cold"]["init"]["p50"]["value"] == 400
    assert middle["cold"]["total"]["p99"]["value"] == 442
    assert middle["warm"]["p99"]["value"] == 20
    assert middle["cold_share"]["value"] == 0
    assert middle["measured_rate"] == 10.0


def test_cost_of_the_measured_mix() -> None:
    """128 MB, 80 ms: 0.01 GB-s, 1,000,000 x 0.01 x $0.0000166667 + $0.20. All alike, so the interval is the value."""
    dollars = by_name(analysed(STEPS))["128 MB"]["dollars"]
    assert (dollars["value"], dollars["low"], dollars["high"]) == pytest.approx((0.366667, 0.366667, 0.366667))


def test_recommendations() -> None:
    """20 ms of 512 MB cost as much as 80 ms of 128 MB, and are faster."""
    picks = {row["strategy"]: row["name"] for row in analysed(STEPS)["recommendations"]}
    assert picks == {"cost": "512 MB", "speed": "512 MB", "balanced": "512 MB", "within": "512 MB"}
    assert analysed(STEPS, p99_ms=10)["recommendations"][3]["name"] is None


def test_what_fails_is_not_recommended() -> None:
    """Cheap and fast, and every tenth request refused: not even the cheapest."""
    refused = [unreported(Outcome.THROTTLED, 429) for _ in range(10)]
    found = analysed([*STEPS, step(1024, [*refused, *(one(1) for _ in range(90))], reserved=1)])
    row = by_name(found)["1024 MB, reserved 1"]
    assert row["throttled_share"]["value"] == 0.1
    assert row["most_dollars_an_hour"] == pytest.approx(3600 * 0.0000166667)
    assert "1024 MB, reserved 1" not in {pick["name"] for pick in found["recommendations"]} | set(found["frontier"])


def test_timeout_of_the_recommended() -> None:
    """Its slowest answer is a start of 442 ms: 1 s, and a hang of 10 s would cost what 430-odd requests cost."""
    timeout = analysed(STEPS)["timeout"]
    assert timeout["variant"] == "512 MB"
    assert (timeout["choice"]["seconds"], timeout["choice"]["slowest_ms"]) == (1, 442)
    ten = next(row for row in timeout["hangs"] if row["timeout_s"] == 10)
    assert ten["dollars_per_thousand"] == pytest.approx((5 * 0.0000166667 + 0.0000002) * 1000)
    assert ten["requests_worth"] == pytest.approx((5 * 0.0000166667 + 0.0000002) / (0.366667e-6), rel=1e-3)


def test_routes() -> None:
    """The slow route needs the memory; the one with a single slow answer needs the timeout."""
    steps = [
        step(
            memory,
            [one(fast, route="GET /quick") for _ in range(20)]
            + [one(slow, route="GET /heavy") for _ in range(20)]
            + [one(fast, route="GET /rare") for _ in range(19)]
            + [one(fast, init_ms=7000, route="GET /rare")],
        )
        for memory, fast, slow in ((128, 40, 900), (512, 10, 225), (1024, 5, 110))
    ]
    found = analysed(steps, p99_ms=300)
    rows = {row["route"]: row for row in found["routes"]}
    assert {name: row["memory_mb"] for name, row in rows.items()} == {
        "GET /quick": 128,
        "GET /heavy": 512,
        "GET /rare": 128,
    }
    assert found["memory_route"]["route"] == "GET /heavy"
    assert found["timeout_route"]["route"] == "GET /rare"
    assert rows["GET /rare"]["timeout_s"] == 15
    assert analysed(steps, p99_ms=100)["memory_route"] is None  # no size is enough for the heavy one


def test_provisioned_sandboxes_are_paid_while_they_wait() -> None:
    """Two of 1 GB at ten requests a second: 0.2 GB-seconds of waiting for each, beside the lower price of running."""
    found = analysed([step(1024, [one(10, at_s=1000 + at / 10) for at in range(100)], provisioned=2)])
    row = found["variants"][0]
    assert row["waiting_dollars_an_hour"] == pytest.approx(2 * 3600 * 0.0000041667)
    assert row["dollars"]["value"] == pytest.approx(0.01 * 9.7222 + 0.2)
    assert found["recommendations"][0]["dollars"] == pytest.approx(0.01 * 9.7222 + 0.2 + 0.2 * 4.1667)


def test_pattern() -> None:
    """Three at once at the most, as the client sent them and Lambda took 1 s each."""
    found = analysed([step(128, [one(1000, at_s=at) for at in (0.0, 0.2, 0.4, 5.0)])])
    assert found["variants"][0]["pattern"] == {"p99": 3, "most": 3}


def test_nothing_measured() -> None:
    """A sweep whose every request was lost still has a report, which recommends nothing."""
    found = analysed([step(128, [unreported(Outcome.LOST, None)])])
    assert [row["name"] for row in found["recommendations"]] == [None] * 4
    assert found["timeout"] is None
    assert found["routes"] == []
