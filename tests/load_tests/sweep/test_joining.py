"""The client's view and Lambda's, joined."""

import pytest

from load_tests.observation import Outcome, Phase
from load_tests.sweep.joining import Answer, join
from load_tests.sweep.log_records import Report, WideLine


def answer(gateway_id: str, status: int = 200, at_s: float = 1000.0) -> Answer:
    return Answer(Phase.LOAD, at_s, 30.0, status, gateway_id, "GET /mine")


def report(request_id: str, status: str = "success", init_ms: float | None = None) -> Report:
    return Report(request_id, 12.5, 13, 128, 60, init_ms, status)


def test_by_the_services_line() -> None:
    """API Gateway's id leads to the line, the line to the REPORT; others' reports are nobody's."""
    reports = {name: report(name, init_ms=250.0) for name in ("f-1", "f-other")}
    joined = join([answer("g-1")], reports, {"g-1": WideLine("f-1", "g-1", "GET /{id}")})
    (found,) = joined.observations
    assert (joined.missing, set(joined.sizes)) == (0, {128})
    assert (found.route, found.duration_ms, found.init_ms, found.billed_ms, found.used_mb) == (
        "GET /{id}",
        12.5,
        250.0,
        13,
        60,
    )
    assert (found.outcome, found.client_ms, found.lambda_ms) == (Outcome.ANSWERED, 30.0, 262.5)


def test_a_report_that_is_not_there_yet() -> None:
    """Is counted, and the observation says so by None."""
    lines = {"g-1": WideLine("f-1", "g-1", "GET /"), "g-2": WideLine("f-2", "g-2", "GET /")}
    found = join([answer("g-1"), answer("g-2")], {"f-2": report("f-2")}, lines)
    assert found.missing == 1
    assert [one.duration_ms for one in found.observations] == [None, 12.5]


@pytest.mark.parametrize(
    ("status", "reported", "outcome"),
    [
        (200, "success", Outcome.ANSWERED),
        (404, "success", Outcome.ANSWERED),
        (500, "success", Outcome.FAULT),
        (502, "error", Outcome.FAULT),
        (502, "failure", Outcome.FAULT),
        (504, "timeout", Outcome.TIMEOUT),
        (502, "timeout", Outcome.TIMEOUT),
        (504, None, Outcome.TIMEOUT),
        (502, None, Outcome.FAULT),
        (429, None, Outcome.THROTTLED),
        (429, "success", Outcome.ANSWERED),  # the service's own 429
        (0, None, Outcome.LOST),
    ],
)
def test_outcomes(status: int, reported: str | None, outcome: Outcome) -> None:
    """What the client got and how Lambda says the invocation ended; see Outcome."""
    lines = {"g-1": WideLine("f-1", "g-1", "GET /")} if reported else {}
    reports = {"f-1": report("f-1", reported)} if reported else {}
    (found,) = join([answer("g-1", status)], reports, lines).observations
    assert found.outcome is outcome


def test_a_service_without_lines() -> None:
    """Reports go to the answers that reached it, in order; its routes are the client's own names."""
    answers = [answer("g-1", at_s=1), answer("g-2", 429, at_s=2), answer("g-3", at_s=3)]
    found = join(answers, {"f-1": report("f-1", init_ms=9.0), "f-2": report("f-2")}, {})
    assert found.missing == 0
    assert [(one.route, one.init_ms, one.duration_ms) for one in found.observations] == [
        ("GET /mine", 9.0, 12.5),
        ("GET /mine", None, None),
        ("GET /mine", None, 12.5),
    ]
    assert join(answers, {"f-1": report("f-1")}, {}).missing == 1
