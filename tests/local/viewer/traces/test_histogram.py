from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.traces.histogram import histogram

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy


def test_bins_grow_by_a_tenth_of_a_decade() -> None:
    """From the shortest duration's bin to the longest's, with the empty bins between; edges have three digits."""
    found = histogram([0.010, 0.012, 0.0125, 0.02])
    assert [(one.from_s, one.to_s, one.count) for one in found] == [
        (0.01, 0.0126, 3),
        (0.0126, 0.0158, 0),
        (0.0158, 0.02, 0),
        (0.02, 0.0251, 1),
    ]


def test_nothing_has_no_bins() -> None:
    """No durations, no bars; a duration of nothing stands in the first bin that there is."""
    assert histogram([]) == ()
    assert [(one.from_s, one.count) for one in histogram([0.0])] == [(0.0001, 1)]


@QUIET
@given(st.lists(st.floats(min_value=0, max_value=1e6), max_size=50))
def test_each_duration_is_in_its_bin(durations: list[float]) -> None:
    """What a bin says it holds is what is at least its start and less than its end."""
    found = histogram(durations)
    assert sum(one.count for one in found) == len(durations)
    for one in found:
        inside = [d for d in durations if one.from_s <= max(d, 0.0001) < one.to_s]
        assert len(inside) == one.count
