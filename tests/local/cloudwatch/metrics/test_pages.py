"""GetMetricData's pages as values: any results, any size of a page."""

from hypothesis import given, settings
from hypothesis import strategies as st

from local.cloudwatch.metrics.pages import Labelled, Place, page, read_token, token

results = st.lists(st.lists(st.integers(0, 50), max_size=8, unique=True), max_size=5)


@settings(deadline=None, database=None)
@given(results, st.integers(1, 12), st.booleans())
def test_pages_together_are_the_whole(times: list[list[int]], most: int, descending: bool) -> None:  # noqa: FBT001
    """No datapoint is lost or comes twice, no page has more than its size, and only the last has no token."""
    whole = [
        Labelled(f"q{n}", "label", [(at, at / 2) for at in sorted(each, reverse=descending)])
        for n, each in enumerate(times)
    ]
    values: dict[str, list[float]] = {result.id: [] for result in whole}
    following: Place | None = Place()
    while following is not None:
        shown = page(whole, following, most)
        assert sum(len(result["Values"]) for result in shown.results) <= most
        assert (shown.following is None) == all(result["StatusCode"] == "Complete" for result in shown.results)
        for result in shown.results:
            values[result["Id"]] += result["Values"]
        following = shown.following and read_token(token(shown.following, {"a": 1}), {"a": 1, "NextToken": "x"})
    assert values == {result.id: [value for _, value in result.points] for result in whole}
