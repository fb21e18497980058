from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest

from service import cursor
from service.errors import BadRequestError


def test_round_trip() -> None:
    """A cursor is base64url of the last id, without padding, and reads back as that id."""
    text = cursor.write("018bcfe5-6800-7000-8000-000000000000")
    assert text == "eyJhZnRlciI6ICIwMThiY2ZlNS02ODAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAifQ"
    assert cursor.read(text) == "018bcfe5-6800-7000-8000-000000000000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "ä",
        "e30",
        urlsafe_b64encode(b"[]").decode(),
        urlsafe_b64encode(b"1").decode(),
        urlsafe_b64encode(b"\xff").decode(),
        urlsafe_b64encode(b"[" * 300_000).decode(),
        urlsafe_b64encode(b'{"after": 5}').decode(),
        urlsafe_b64encode(b'{"after": "idempotency#0"}').decode(),
        "eyJhZnRlciI6ICIwMThiY2ZlNS02ODAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAifQ==",
        "eyJhZnRlciI6ICIwMThiY2ZlNS02ODAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAifR",
    ],
)
def test_what_is_no_cursor(text: str) -> None:
    """Whatever `write` did not make is a bad request, never an error of ours."""
    with pytest.raises(BadRequestError, match="cursor is not one") as caught:
        cursor.read(text)
    assert caught.value.status == 400
