from __future__ import annotations

import pytest

from service.errors import BadRequestError, PreconditionFailedError
from service.etag import Preconditions, etag


def test_etag_is_strong() -> None:
    """An item's ETag is its version in quotes, with no W/ before it."""
    assert etag(3) == '"3"'


@pytest.mark.parametrize("header", ["*", " * ", '"3"', '"1", "3"', '"1","3" , "9"', ', "3"', '"",  "3"'])
def test_if_match_lets_through(header: str) -> None:
    """If-Match passes with `*`, or with the item's ETag anywhere in the list (RFC 9110, section 13.1.1)."""
    Preconditions(if_match=header).check_write(3)
    Preconditions(if_match=header).check_read(3)


@pytest.mark.parametrize("header", ['"2"', '"33"', '""', 'W/"3"', 'W/"3", "4"', '"a,3"'])
def test_if_match_refuses(header: str) -> None:
    """If-Match refuses another version, and compares strongly: a weak tag never matches."""
    with pytest.raises(PreconditionFailedError):
        Preconditions(if_match=header).check_write(3)
    with pytest.raises(PreconditionFailedError):
        Preconditions(if_match=header).check_read(3)


@pytest.mark.parametrize("header", ["*", '"3"', 'W/"3"', '"1", W/"3"'])
def test_if_none_match_names_the_version(header: str) -> None:
    """If-None-Match compares weakly (RFC 9110, section 13.1.2): a read is unchanged, a write is refused."""
    assert Preconditions(if_none_match=header).unchanged(3)
    with pytest.raises(PreconditionFailedError):
        Preconditions(if_none_match=header).check_write(3)


def test_if_none_match_of_another_version() -> None:
    """If-None-Match with other versions lets reads and writes through."""
    other = Preconditions(if_none_match='"2", W/"4"')
    assert not other.unchanged(3)
    other.check_write(3)


@pytest.mark.parametrize("header", ["", "3", '"3', "W/3", '"3" "4"', '*, "3"', 'w/"3"', '"3";', '"\n"', "," * 50_000])
@pytest.mark.parametrize("name", ["if_match", "if_none_match"])
def test_malformed_header(name: str, header: str) -> None:
    """A header that is neither `*` nor a list of entity tags is a bad request, not a condition that fails or passes."""
    with pytest.raises(BadRequestError, match="must be \\* or entity tags"):
        Preconditions(**{name: header})
