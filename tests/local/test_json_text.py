"""local.json_text: reads what json.loads() reads, and refuses what is Python's alone."""

import json
import math
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.json_text import is_object, read_first_json, read_json, read_whole_json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def typed(document: Any) -> Any:
    """1, 1.0 and True are equal; here they are not, nor are 0.0 and -0.0."""
    if isinstance(document, dict):
        return {key: typed(value) for key, value in document.items()}
    if isinstance(document, list):
        return [typed(value) for value in document]
    return type(document), repr(document)


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 2]))
def test_documents(document: Any, ascii_only: bool, indent: int | None) -> None:  # noqa: FBT001
    """Every document that Python can write is read as it was, as a text and as its bytes."""
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    assert typed(read_json(text)) == typed(document)
    assert typed(read_json(text.encode())) == typed(document)


def loads(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def outcome(read: Any, text: str) -> Any:
    try:
        return typed(read(text))
    except ValueError:
        return ValueError


@given(st.text(alphabet='{}[]",:0123456789.eE+-\\udDtrufalsn \n') | st.text())
def test_any_text(text: str) -> None:
    """What json.loads() refuses is refused, Python's constants too, and nothing else."""
    assert outcome(read_json, text) == outcome(loads, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1e400", math.inf),
        ("-1e400", -math.inf),
        ('"\\ud800"', "\ud800"),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ('{"a": 1, "a": 2}', {"a": 2}),
        (" \t\r\n[] \n", []),
    ],
)
def test_corners(text: str, found: Any) -> None:
    """Numbers beyond a float's, halves of surrogate pairs, long integers, keys that come twice: as Python has them."""
    assert typed(read_json(text)) == typed(found)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "\ufeff{}", "{} x", "", b"\xff", b'"\xff"'])
def test_no_json(text: str | bytes) -> None:
    """Python's own constants, a byte order mark, a second document, bytes that are no UTF-8."""
    with pytest.raises(ValueError):  # noqa: PT011 - the message is Python's
        read_json(text)


def test_too_deep() -> None:
    """A RecursionError, as of json.loads()."""
    with pytest.raises(RecursionError):
        read_json("[" * 100_000 + "]" * 100_000)


def test_the_first() -> None:
    """A document within a text, and where it ends."""
    assert read_first_json('before {"a": 1} after', 7) == ({"a": 1}, 15)
    with pytest.raises(ValueError, match="NaN"):
        read_first_json('{"a": NaN}', 0)


@pytest.mark.parametrize("text", ['"\\ud800"', '{"\\udc00": 1}', '[1e400, "\\ud83d\\ud83d"]'])
def test_half_a_character(text: str) -> None:
    """It is read where a text may have it, and refused where it has to be written; a whole pair never is."""
    assert read_json(text)
    with pytest.raises(ValueError, match="surrogates not allowed"):
        read_whole_json(text.encode())
    assert read_whole_json(b'[1e400, "\\ud83d\\ude00"]') == [math.inf, "\U0001f600"]


def is_json_to_sqlite(text: str) -> bool:
    with closing(sqlite3.connect(":memory:")) as connection:
        return bool(connection.execute("SELECT json_valid(?)", (text,)).fetchone()[0])


@given(DOCUMENTS)
def test_objects(document: Any) -> None:
    """Every document that is one is known for one, and no other is."""
    assert is_object(json.dumps(document)) is isinstance(document, dict)


@given(st.text(alphabet='{}[]",:0123456789.eE+-\\udDtrufalsn \n\x01') | st.text(), st.text(max_size=3))
def test_any_text_that_is_an_object(text: str, after: str) -> None:
    """What is taken for one is one to Python and to SQLite."""
    for one in (text + after, f'{{"a": {text}}}{after}', f'{{"{text}": [{text}, 1]}}'):
        if is_object(one):
            assert isinstance(json.loads(one), dict)
            assert is_json_to_sqlite(one)


@pytest.mark.parametrize("inner", ['{"a": ', "[", '[{"b": [1, '])
@pytest.mark.parametrize("depth", [100, 400, 1_500, 100_000])
def test_deep_objects(inner: str, depth: int) -> None:
    """What SQLite takes for too deep is not taken for one."""
    ends = inner.translate({ord("{"): "}", ord("["): "]"})[::-1].strip(' ":ab,1')
    text = '{"a": ' + inner * depth + "1" + "".join(end for end in ends if end in "]}") * depth + "}"
    assert not is_object(text) or is_json_to_sqlite(text)
    assert is_object(text) or depth >= 400


def test_half_a_character_in_an_object() -> None:
    """No text that can be written is read from it."""
    assert not is_object('{"a": "\\ud800"}')
    assert not is_object('{"a": "\ud800"}')
