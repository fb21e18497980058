from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest

from service.ids import TimeOrderedIds, is_id


def test_layout() -> None:
    """An id is a UUID of version 7 as in RFC 9562, appendix A.6: that example's time and random bits give its text."""
    # unix_ts_ms 017F22E279B0, rand_a CC3, rand_b 18C4DC0C0C07398F: 74 random bits, of which ours leaves the first 0.
    random_bits = (0xCC3 & 0x7FF) << 62 | 0x18C4DC0C0C07398F
    ids = TimeOrderedIds(lambda: 0x017F22E279B0, lambda _: (random_bits << 7).to_bytes(10))
    assert ids.next() == "017f22e2-79b0-74c3-98c4-dc0c0c07398f"


def test_order_in_one_millisecond() -> None:
    """Ids made in the same millisecond grow, even when the randomness is all ones."""
    ids = TimeOrderedIds(lambda: 1_700_000_000_000, lambda size: b"\xff" * size)
    made = [ids.next() for _ in range(2_000)]
    assert all(earlier < later for earlier, later in pairwise(made))
    assert all(UUID(one).version == 7 for one in made)
    assert {one[:13] for one in made} == {"018bcfe5-6800"}


def test_order_when_the_clock_goes_back() -> None:
    """A clock that is set back doesn't make a later id smaller."""
    moments = iter([2_000, 1_000, 1_001, 3_000])
    ids = TimeOrderedIds(lambda: next(moments), lambda size: b"\x01" * size)
    made = [ids.next() for _ in range(4)]
    assert made == sorted(made)
    assert len(set(made)) == 4


def test_two_processes_in_one_millisecond() -> None:
    """Two makers that stand at the same place (a fork) go on differently: the step is random."""
    first = TimeOrderedIds(lambda: 1, lambda size: b"\x00" * (size - 1) + b"\x01")
    second = TimeOrderedIds(lambda: 1, lambda size: b"\x00" * (size - 1) + b"\x02")
    assert [first.next(), first.next()][1] != [second.next(), second.next()][1]


@pytest.mark.parametrize(
    "text",
    ["", "x", "018BCFE5-6800-7000-8000-000000000000", "018bcfe5-6800-4000-8000-000000000000", "idempotency#00"],
)
def test_what_is_no_id(text: str) -> None:
    """Only the exact shape that we write is an id: no other row of the table can be named in a path."""
    assert not is_id(text)
