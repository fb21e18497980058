from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import pytest

from service.auth.api_keys import ApiKeys
from service.auth.principal import Kind, Principal
from service.auth.refusal import RefusedError
from service.settings import AuthMode, AuthSettings
from tests.service.auth.door import GOOD_KEY, GOOD_KEY_SHA256, Caller, service

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER_SHA256 = "53336a676c64c1396553b2b7c92f38126768827c93b64d9142069c10eda7a721"
"""From `printf %s topsecret | sha256sum`."""


def test_owner_is_named_by_its_digest() -> None:
    """A key's owner is the first 12 digits of its SHA-256: stable, telling keys apart, and not the key."""
    assert ApiKeys([OTHER_SHA256, GOOD_KEY_SHA256]).owner(GOOD_KEY) == Principal("c4bbcb1fbec9", Kind.API_KEY)


def test_upper_case_digest() -> None:
    """A digest may be written in upper case, as some tools print it."""
    assert ApiKeys([GOOD_KEY_SHA256.upper()]).owner(GOOD_KEY).subject == "c4bbcb1fbec9"


@pytest.mark.parametrize(
    "key", ["", " ", "correct horse battery stapl", "correct horse battery staple ", GOOD_KEY_SHA256]
)
def test_another_key(key: str) -> None:
    """Nothing but the key itself is taken, its digest included."""
    with pytest.raises(RefusedError):
        ApiKeys([GOOD_KEY_SHA256]).owner(key)


def test_every_digest_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time must not tell which key matched: all digests are compared, in constant time, found or not."""
    compared: list[str] = []
    real: Callable[[str, str], bool] = hmac.compare_digest

    def watched(known: str, digest: str) -> bool:
        compared.append(known)
        return real(known, digest)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    ApiKeys([GOOD_KEY_SHA256, OTHER_SHA256]).owner(GOOD_KEY)
    assert compared == [GOOD_KEY_SHA256, OTHER_SHA256]


def test_key_of_any_bytes() -> None:
    """A key may hold UTF-8: its digest is that of the bytes on the wire."""
    # printf %s 'clé' | sha256sum
    digest = "51cbcf30514d0802eb5c60a018f384ea3fb9b69307c554ee63ecb43177594de4"
    settings = AuthSettings(mode=AuthMode.REQUIRED, api_keys_sha256=(digest,))
    assert Caller(service(settings)).read(("X-Api-Key", "clé")).json()["subject"] == digest[:12]
