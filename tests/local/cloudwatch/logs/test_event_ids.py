"""local.cloudwatch.logs.event_ids: whatever the order of their times, events have ids of their own."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.logs import SCHEMA, event_ids
from local.cloudwatch.logs.event_ids import EventIds
from local.cloudwatch.logs.schema import MOST_A_MILLISECOND, first_id, timestamp_of
from local.errors import AwsError

INSERT = "INSERT INTO log_events VALUES (?, 1, 1, 1, 1, 0, NULL, '')"

times = st.integers(0, 40) | st.sampled_from([2**43 - 1, 1_000])


@pytest.fixture(autouse=True, params=[3, 10_000])
def remembered(request: pytest.FixtureRequest) -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_ids, "REMEMBERED", request.param)
        yield request.param


def stored(connection: sqlite3.Connection, ids: EventIds, batch: Sequence[int]) -> list[int]:
    found = ids.of(connection, batch)
    connection.executemany(INSERT, [(each,) for each in found])
    return found


@given(st.lists(st.tuples(st.lists(times, min_size=1, max_size=5), st.booleans()), max_size=12))
def test_any_order(batches: list[tuple[list[int], bool]]) -> None:
    """Each is of its millisecond and the next one there, with little remembered, and after all was forgotten."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        ids, before = EventIds(), Counter[int]()
        for batch, forget in batches:
            expected = []
            for timestamp in batch:
                expected.append(first_id(timestamp) + before[timestamp])
                before[timestamp] += 1
            assert stored(connection, ids, batch) == expected
            if forget:
                ids.forget()


def test_full_millisecond() -> None:
    """There is room for a number of them; where it is all taken the next one is refused, remembered or not."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        connection.execute(INSERT, (first_id(8) - 2,))
        ids = EventIds()
        assert ids.of(connection, [7]) == [first_id(8) - 1]
        for _ in range(2):
            with pytest.raises(AwsError, match=f"more than {MOST_A_MILLISECOND} events in millisecond 7"):
                EventIds().of(connection, [7, 7])
            with pytest.raises(AwsError, match="in millisecond 7"):
                ids.of(connection, [7])
        assert timestamp_of(ids.of(connection, [8])[0]) == 8


@pytest.mark.parametrize("timestamp", [-1, 2**43, 2**63])
def test_times_without_room(timestamp: int) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        with pytest.raises(AwsError, match=f"timestamp {timestamp} is not in milliseconds since the epoch"):
            EventIds().of(connection, [1, timestamp])
