import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.viewer.time_range import TimeRange, WrongTime, around, iso, read_time_range

NOW_S = 1_795_660_000.0  # 2026-11-26T02:26:40Z


@pytest.mark.parametrize(
    ("start", "seconds"),
    [("-PT5M", 300), ("-PT8H", 28_800), ("-P3M", 7_776_000), ("-P2W", 1_209_600), ("-P1DT1H", 90_000)],
)
def test_relative_start(start: str, seconds: int) -> None:
    """-PT5M shows the last five minutes, -P3M the last three months ("Dashboard body structure and syntax")."""
    times = read_time_range({"start": start}, NOW_S)
    assert (times.start_s, times.end_s, times.is_relative) == (NOW_S - seconds, NOW_S, True)
    assert times.query == {"start": start}


def test_absolute_times() -> None:
    """ISO 8601, as a dashboard has them; without a zone they are UTC."""
    times = read_time_range({"start": "2018-12-17T06:00:00.000Z", "end": "2018-12-17T07:00:00"}, NOW_S)
    assert times == TimeRange(1545026400.0, 1545030000.0, "2018-12-17T06:00:00.000Z", "2018-12-17T07:00:00")
    assert not times.is_relative


def test_without_times_it_is_the_last_three_hours() -> None:
    """The range that the console opens a dashboard with."""
    assert read_time_range({}, NOW_S).length_s == 3 * 3600


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"start": "-PT"}, "it takes a duration such as -PT3H, or a time such as 2026-01-31T08:00:00Z"),
        ({"start": "yesterday"}, "start='yesterday' is wrong"),
        ({"start": "-PT3H", "end": "2026-01-31T08:00:00Z"}, "leave it out, or give both as times"),
        ({"start": "2026-01-31T08:00:00Z", "end": "2026-01-31T08:00:00Z"}, "is not after"),
        ({"start": "-P500D"}, "455 days, which is what CloudWatch keeps"),
    ],
)
def test_wrong_times_are_named(query: dict[str, str], said: str) -> None:
    """An error names what is wrong and what would be right."""
    with pytest.raises(WrongTime, match=said):
        read_time_range(query, NOW_S)


@given(st.text(), st.text())
def test_no_text_does_harm(start: str, end: str) -> None:
    """Any text is a time or a WrongTime."""
    try:
        times = read_time_range({"start": start, "end": end}, NOW_S)
    except WrongTime:
        return
    assert times.start_s < times.end_s


def test_the_time_of_a_point() -> None:
    """A link leads to the point's own period, to the millisecond."""
    assert around(1545026400.25, 60) == {"start": "2018-12-17T06:00:00.250Z", "end": "2018-12-17T06:01:00.250Z"}
    assert iso(0) == "1970-01-01T00:00:00.000Z"
