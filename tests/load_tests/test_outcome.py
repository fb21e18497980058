"""load_tests/outcome.py: what counts as a failure, and under which name."""

import pytest

from load_tests.outcome import FINE, Outcome, complaint, entry_name, judge


@pytest.mark.parametrize(
    ("status", "asked_for", "outcome"),
    [
        (201, FINE, Outcome.FINE),
        (304, FINE | {304}, Outcome.FINE),
        (404, {404}, Outcome.REFUSED),
        (412, {412}, Outcome.REFUSED),
        (422, {422}, Outcome.REFUSED),
        (404, FINE, Outcome.WRONG),
        (200, {404}, Outcome.WRONG),
        (429, FINE, Outcome.WRONG),
        (500, FINE, Outcome.WRONG),
        (0, FINE, Outcome.WRONG),
    ],
)
def test_errors_that_were_asked_for_are_successes_of_their_own_kind(
    status: int, asked_for: frozenset[int], outcome: Outcome
) -> None:
    """What a user asked for is no failure, errors included; all else is one, success in place of an error too."""
    assert judge(status, asked_for) is outcome


def test_names_tell_cold_from_warm_and_refused_from_fine() -> None:
    """Each kind has an entry of its own in Locust's statistics; the plain route is warm and fine."""
    route = "/api/items/{item_id}"
    assert entry_name(route, 200, Outcome.FINE, cold=False) == route
    assert entry_name(route, 200, Outcome.FINE, cold=True) == f"{route} · cold"
    assert entry_name(route, 404, Outcome.REFUSED, cold=False) == f"{route} · 404 asked for"
    assert entry_name(route, 404, Outcome.REFUSED, cold=True) == f"{route} · 404 asked for · cold"
    assert entry_name(route, 500, Outcome.WRONG, cold=False) == route


def test_complaints_of_one_kind_are_one_sentence() -> None:
    """Locust counts failures by their text, so it holds no id."""
    assert complaint(500, FINE) == "500, where 200 or 201 or 204 was asked for"
    assert complaint(0, {404}) == "no answer, where 404 was asked for"
