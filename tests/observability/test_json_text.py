"""Any value becomes JSON that any reader takes; what had to be repaired is counted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observability.json_text import encode


class Colour(Enum):
    RED = "red"


class Stranger:
    def __str__(self) -> str:
        return "a stranger"


class Broken:
    def __str__(self) -> str:
        raise RuntimeError("no")


CYCLE: list[Any] = []
CYCLE.append(CYCLE)

DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1, "b": [True, None, 0.5]}, '{"a":1,"b":[true,null,0.5]}'),
        ("Grüße 😀", '"Gr\\u00fc\\u00dfe \\ud83d\\ude00"'),
        ("a\nb\x1b[31m\x7f\x85\u2028", '"a\\nb\\u001b[31m\\u007f\\u0085\\u2028"'),
        (datetime(2026, 1, 31, tzinfo=UTC), '"2026-01-31 00:00:00+00:00"'),
        (Decimal("1.50"), '"1.50"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (PurePosixPath("/a"), '"/a"'),
        (Colour.RED, '"red"'),
        ({"x"}, '["x"]'),
        ((1, 2), "[1,2]"),
    ],
)
def test_what_has_a_json_form_is_no_repair(value: object, text: str) -> None:
    """JSON's own values, and those with one obvious text, are encoded as ASCII, and nothing is counted."""
    assert encode(value) == (text, 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("nan"), '"nan"'),
        ([float("-inf")], '["-inf"]'),
        ("\ud800x", '"\\ufffdx"'),
        ("\ude00\ud83d", '"\\ufffd\\ufffd"'),
        ({"\udc80": 1}, '{"\\ufffd":1}'),
        (Stranger(), '"a stranger"'),
        (Broken(), '"(unprintable Broken)"'),
        (CYCLE, '["(cyclic)"]'),
        ({(1, 2): 3}, '{"(1, 2)":3}'),
        ([10**5000], '["(a number of 16610 bits)"]'),
        ({"good": 1, "bad": float("inf")}, '{"good":1,"bad":"inf"}'),
    ],
)
def test_what_json_cannot_say_is_repaired_and_counted(value: object, text: str) -> None:
    """NaN, halves of surrogate pairs, strangers and cycles cost themselves, not the values beside them."""
    repaired, repairs = encode(value)
    assert repaired == text
    assert repairs >= 1


def test_a_value_too_deep_is_cut() -> None:
    """A value nested 100,000 deep neither exhausts the stack nor is lost without a word."""
    text, repairs = encode({"deep": DEEP, "beside": 1})
    assert repairs == 1
    assert "(too deep)" in text
    assert text.endswith('"beside":1}')


@settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    )
)
def test_whatever_it_is_the_text_is_one_strict_line(value: object) -> None:
    """For any value the text is one line of printable ASCII that a strict JSON reader takes."""
    text, _ = encode(value)
    assert text.isascii()
    assert len(text.splitlines()) == 1
    json.loads(text, parse_constant=pytest.fail)
    json.dumps(json.loads(text), ensure_ascii=False).encode()
