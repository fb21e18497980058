"""local.endpoint.columns: many structures at once are checked as each is alone."""

from typing import Any

import pytest
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from local.endpoint.check import Checks
from local.endpoint.columns import columns_of, fit

LOGS = get_session().get_service_model("logs")
EVENTS: Any = LOGS.shape_for("InputLogEvents")

members = st.fixed_dictionaries(
    {}, optional={"timestamp": st.sampled_from([0, 1, -1, True, 1.0, 2**63 - 1, 2**63, None, "1"]), "other": st.just(1)}
) | st.just({"timestamp": 1})
texts = st.sampled_from([{"message": "m"}, {"message": ""}, {"message": 1}, {}])
items: st.SearchStrategy[Any] = st.builds(lambda first, second: {**first, **second}, members, texts) | st.sampled_from(
    [None, 1, "x", []]
)
right = st.just({"timestamp": 1, "message": "m"})


@given(st.lists(right, max_size=6), st.lists(items, max_size=2), st.lists(right, max_size=6))
def test_as_one_by_one(before: list[Any], between: list[Any], after: list[Any]) -> None:
    """The same is right, whatever is wrong with one of them and wherever it stands; what is wrong is said as before."""
    events = [*before, *between, *after]
    checks = Checks()
    alone = [checks.of(EVENTS.member)(event) for event in events]
    found = checks.of(EVENTS)(events)
    assert (found is None) == (bool(events) and not any(alone))
    if found is not None and events:
        assert len(found) == sum(len(problems) for problems in alone if problems)


def test_all_at_once() -> None:
    """Events that are right are looked at by their columns; a few are not."""
    columns = columns_of(EVENTS.member)
    assert columns is not None
    assert fit(columns, [{"timestamp": 1, "message": "m"}] * 4)
    assert not fit(columns, [{"timestamp": 1, "message": "m"}] * 3)


@pytest.mark.parametrize("name", ["MetricFilterMatchRecord", "MetricTransformation", "Tags", "LogGroupName"])
def test_other_shapes(name: str) -> None:
    """Members that need not be there, or that have more to them than a range; and what is no structure."""
    assert columns_of(LOGS.shape_for(name)) is None
