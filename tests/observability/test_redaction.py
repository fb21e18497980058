"""Secrets are taken out of what is written: by their names at any depth, and by their form in texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from observability import Settings, current, observe, span
from observability.redaction import Redaction
from observability.testing import capture

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "proxy-authorization",
        "COOKIE",
        "Set-Cookie",
        "X-Api-Key",
        "apiKey",
        "api_keys",
        "password",
        "user_password",
        "PASSWORD_HASH",
        "passwordOld",
        "dbpasswd",
        "token",
        "access_token",
        "refreshToken",
        "X-Csrf-Token",
        "client_secret",
        "awsSecretAccessKey",
        "privateKey",
        "credentials",
    ],
)
def test_a_secrets_name_is_known_however_it_is_written(name: str) -> None:
    """Case, hyphens, underscores and humps don't matter, nor what other words stand beside it."""
    assert Redaction().fields({name: "v-4711"}) == {name: "[redacted]"}


@pytest.mark.parametrize(
    "name",
    ["key", "primary_key", "monkey", "token_count", "max_tokens", "next_token", "secretary", "author", "compass"],
)
def test_what_only_sounds_like_a_secret_stays(name: str) -> None:
    """Hiding keys of tables, counts of tokens and places in lists would cost more than it saves."""
    assert Redaction().fields({name: "v-4711"}) == {name: "v-4711"}


def test_settings_name_further_secrets() -> None:
    """OBSERVABILITY_REDACT's names count however they are written, in texts too."""
    redaction = Redaction(["iban", "card-number"])
    assert redaction.fields({"IBAN": "DE02", "cardNumber": 4111, "card_number": "1", "cards": 2}) == {
        "IBAN": "[redacted]",
        "cardNumber": "[redacted]",
        "card_number": "[redacted]",
        "cards": 2,
    }
    assert (
        redaction.text("paid from iban=DE02, card number: 4111") == "paid from iban=[redacted], card number: [redacted]"
    )
    assert Redaction().text("iban=DE02") == "iban=DE02"


def test_secrets_are_found_at_any_depth() -> None:
    """In dictionaries, lists, tuples, sets, pairs of a header's name and value, and in texts within them."""
    found = Redaction().fields(
        {
            "request": {
                "headers": [("Authorization", "Bearer x"), ("accept", "*/*")],
                "body": {"users": [{"pwd": "p"}]},
            },
            "raw": [(b"cookie", b"sid=1")],
            "notes": {"password=hunter2"},
            "whole": {"credentials": {"id": 1}},
        }
    )
    assert found == {
        "request": {
            "headers": [["Authorization", "[redacted]"], ["accept", "*/*"]],
            "body": {"users": [{"pwd": "[redacted]"}]},
        },
        "raw": [[b"cookie", "[redacted]"]],
        "notes": ["password=[redacted]"],
        "whole": {"credentials": "[redacted]"},
    }


def test_the_callers_own_objects_are_not_changed() -> None:
    """What is redacted is a copy; what holds no secret is the object itself."""
    inner = {"password": "p"}
    fields = {"user": inner, "n": 1}
    assert Redaction().fields(fields) == {"user": {"password": "[redacted]"}, "n": 1}
    assert inner == {"password": "p"}
    harmless = {"user": {"name": "n"}, "list": [1, 2]}
    assert Redaction().fields(harmless) is harmless


def test_nothing_and_switches_are_shown() -> None:
    """That there is no password, or whether a token is valid, is no secret; a number may be one."""
    assert Redaction().fields({"password": None, "token": True, "pwd": 1234}) == {
        "password": None,
        "token": True,
        "pwd": "[redacted]",
    }


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("sent Bearer abc12345.def", "sent Bearer [redacted]"),
        ("Authorization=Basic dXNlcjpwYXNz; more", "Authorization=[redacted]; more"),
        ("Basic dXNlcjpwYXNz", "Basic [redacted]"),
        ("a basic understanding of tokens", "a basic understanding of tokens"),
        ("Cookie: a=b; c=d\nnext", "Cookie: [redacted]\nnext"),
        ("set-cookie: sid=abc; Secure", "set-cookie: [redacted]"),
        ("got {'password': 'hunter 2', 'x': 1}", "got {'password': [redacted], 'x': 1}"),
        ('{"api_key": "a\\"b", "n": 1}', '{"api_key": [redacted], "n": 1}'),
        ('password="cut of', "password=[redacted] of"),
        ("[(b'authorization', b'Token abc')]", "[(b'authorization', [redacted])]"),
        ("GET /x?access_token=abc&y=1", "GET /x?access_token=[redacted]&y=1"),
        ("client_secret=s3", "client_secret=[redacted]"),
        ("postgres://me:pw@host/db", "postgres://me:[redacted]@host/db"),
        ("eyJhbGciOiJ.eyJzdWIiOi.c2ln is a JWT", "[redacted] is a JWT"),
        ("AKIAIOSFODNN7EXAMPLE is AWS's example", "[redacted] is AWS's example"),
        ("the token count: 5, key: 6", "the token count: 5, key: 6"),
        ("the password is wrong", "the password is wrong"),
    ],
)
def test_a_texts_secrets_are_told_by_their_form(text: str, clean: str) -> None:
    """A name with its value, a scheme with its credential, and what is a secret wherever it stands."""
    assert Redaction().text(text) == clean


@pytest.mark.parametrize("text", ["password" * 40_000, "a-" * 100_000 + "key", "://a:" * 50_000, "bearer " * 40_000])
def test_a_hostile_text_is_read_once(text: str) -> None:
    """No text makes the search go back again and again: these would take hours if it did."""
    assert Redaction().text(text) == text


def test_a_value_that_defies_looking_is_left_to_the_encoder() -> None:
    """Cycles, bottomless nesting and methods that raise neither break the search nor let a secret through."""

    class Hostile:
        def __str__(self) -> str:
            raise ValueError("no")

    cyclic: dict[str, Any] = {"password": "p-4711"}
    cyclic["self"] = cyclic
    deep: Any = {"password": "p-4711"}
    for _ in range(5_000):
        deep = [deep]
    hostile = Hostile()
    found = Redaction().fields({"cyclic": cyclic, "deep": deep, "hostile": hostile})
    assert found["cyclic"] == {"password": "[redacted]", "self": "(cyclic)"}
    assert found["hostile"] is hostile
    assert "p-4711" not in json.dumps(found["deep"])


def test_an_objects_text_is_searched_too() -> None:
    """What isn't JSON is written as its text, which may say a secret."""

    class User:
        def __str__(self) -> str:
            return "User(name='n', password='p-4711')"

    assert Redaction().fields({"user": User()}) == {"user": "User(name='n', password=[redacted])"}


def test_neither_the_line_nor_the_trace_has_a_secret(call: Callable[..., httpx.Response]) -> None:
    """Fields, an exception's message and stack, annotations, metadata and X-Ray's blocks: all are looked through."""
    app = FastAPI()
    observe(app, service="items", settings=Settings(redact=("iban",)))

    @app.get("/")
    async def fails() -> None:
        current().add(user={"password": "s-4711"}, iban="s-4711", note="api_key=s-4711", shown="yes")
        with span("work", access_token="s-4711", shown=1) as work:
            work.metadata(headers={"Cookie": "s-4711"}, iban="s-4711")
            work.http["request"] = {"url": "https://me:s-4711@example.com/"}
            raise ValueError("refused Authorization: Bearer s-4711")

    with capture(app) as seen:
        assert call(app, "GET", "/", headers={"Authorization": "Bearer s-4711"}).status_code == 500
    assert "s-4711" not in seen.text[0]
    assert all(b"s-4711" not in datagram for datagram in seen.datagrams)
    (line,) = seen.lines
    assert (line["user"], line["iban"], line["note"], line["shown"]) == (
        {"password": "[redacted]"},
        "[redacted]",
        "api_key=[redacted]",
        "yes",
    )
    assert line["error_message"] == "refused Authorization: [redacted]"
    work_span = seen.span("work")
    assert work_span["annotations"] == {"access_token": "[redacted]", "shown": 1}
    assert work_span["metadata"]["default"] == {"headers": {"Cookie": "[redacted]"}, "iban": "[redacted]"}
    assert work_span["cause"]["exceptions"][0]["message"] == "refused Authorization: [redacted]"
    assert line["TelemetryFailures"] == 0


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\x00", "\x1b[2J", "\u2028", "\x85", "\x0b"])
def test_no_character_forges_a_line(mark: str, call: Callable[..., httpx.Response]) -> None:
    """A field that ends a line and begins another stays within its own."""
    app = FastAPI()
    observe(app, service="items", settings=Settings())

    @app.get("/")
    async def forges() -> None:
        current().add(note=f'a{mark}{{"level":"INFO","forged":true}}')

    with capture(app) as seen:
        call(app, "GET", "/")
    (text,) = seen.text
    assert text.isascii()
    assert text.isprintable()
    assert "forged" not in json.loads(text)
