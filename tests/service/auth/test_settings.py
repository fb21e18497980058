from __future__ import annotations

import pytest

from observability.settings import SettingError
from service.settings import AuthMode, Settings
from tests.service.auth.door import GOOD_KEY, GOOD_KEY_SHA256

TOKENS = {
    "AUTH_MODE": "writes",
    "AUTH_JWKS_URL": "https://issuer.example.com/keys",
    "AUTH_JWT_ISSUER": "https://issuer.example.com/",
    "AUTH_JWT_AUDIENCE": "items-api",
}


def test_off_by_default() -> None:
    """A fresh clone asks nobody for anything."""
    auth = Settings.from_env({}).auth
    assert (auth.mode, auth.api_keys_sha256, auth.jwks_url, auth.gateway_claims) == (AuthMode.OFF, (), None, False)


def test_tokens() -> None:
    """The JWT settings, and their defaults, as documented."""
    auth = Settings.from_env(TOKENS).auth
    assert (auth.mode, auth.jwks_url) == (AuthMode.WRITES, "https://issuer.example.com/keys")
    assert auth.jwt_algorithms == ("RS256", "ES256")
    assert (auth.jwt_leeway_s, auth.jwks_cache_s, auth.jwks_cooldown_s, auth.jwks_timeout_s) == (30, 300, 10, 2)


@pytest.mark.parametrize("mode", ["writes", "required"])
def test_a_mode_that_nobody_could_pass(mode: str) -> None:
    """A mode that asks for a credential, with none configured, is refused at start and names what to set."""
    with pytest.raises(SettingError, match=r"AUTH_MODE.*AUTH_API_KEYS_SHA256, AUTH_JWKS_URL, AUTH_GATEWAY_CLAIMS"):
        Settings.from_env({"AUTH_MODE": mode})


@pytest.mark.parametrize(
    "given",
    [
        {"AUTH_API_KEYS_SHA256": GOOD_KEY_SHA256},
        {"AUTH_GATEWAY_CLAIMS": "true"},
        {name: value for name, value in TOKENS.items() if name != "AUTH_MODE"},
    ],
)
def test_credentials_that_nothing_asks_for(given: dict[str, str]) -> None:
    """Keys without a mode would leave the service open with nobody the wiser: refused at start."""
    with pytest.raises(SettingError, match="AUTH_MODE"):
        Settings.from_env(given)


@pytest.mark.parametrize("value", [GOOD_KEY, GOOD_KEY_SHA256[:-1], f"{GOOD_KEY_SHA256},{GOOD_KEY}"])
def test_a_key_in_place_of_its_digest(value: str) -> None:
    """A bad digest is refused without being shown: it is likely the key itself."""
    with pytest.raises(SettingError, match="AUTH_API_KEYS_SHA256") as refused:
        Settings.from_env({"AUTH_MODE": "writes", "AUTH_API_KEYS_SHA256": value})
    assert "horse" not in str(refused.value)
    assert "entry" in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example.com/keys",
        "http://localhost.example.com/keys",
        "http://127.0.0.1.example.com/keys",
        "http://user@127.0.0.1/keys",
        "https://user:hunter2@issuer.example.com/keys",
        "https://issuer.example.com/keys#part",
        "https:///keys",
        "file:///etc/passwd",
        "ftp://issuer.example.com/keys",
        "issuer.example.com/keys",
        "https://issuer.example.com/a b",
    ],
)
def test_url_that_could_be_spied_on(url: str) -> None:
    """Keys come by https; by http from this machine only. A URL that may hold a password isn't shown."""
    with pytest.raises(SettingError, match="AUTH_JWKS_URL") as refused:
        Settings.from_env({**TOKENS, "AUTH_JWKS_URL": url})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8080/keys", "http://127.0.0.1:1", "http://[::1]:8080/keys", "https://h:8443/keys?v=1"],
)
def test_url(url: str) -> None:
    """Loopback hosts may be read without TLS: an issuer on the laptop."""
    assert Settings.from_env({**TOKENS, "AUTH_JWKS_URL": url}).auth.jwks_url == url


@pytest.mark.parametrize("name", ["AUTH_JWT_ISSUER", "AUTH_JWT_AUDIENCE"])
def test_whose_tokens(name: str) -> None:
    """A JWKS without issuer or audience would take tokens meant for others: refused by name."""
    with pytest.raises(SettingError, match=name):
        Settings.from_env({key: value for key, value in TOKENS.items() if key != name})


@pytest.mark.parametrize("algorithm", ["none", "HS256", "HS512", "rs256", "RS1"])
def test_algorithm(algorithm: str) -> None:
    """No unsigned tokens, and none signed with a shared secret: with a JWKS that secret would be public."""
    with pytest.raises(SettingError, match=f"AUTH_JWT_ALGORITHMS.*{algorithm}"):
        Settings.from_env({**TOKENS, "AUTH_JWT_ALGORITHMS": f"RS256,{algorithm}"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH_JWT_LEEWAY_S", "-1"),
        ("AUTH_JWT_LEEWAY_S", "301"),
        ("AUTH_JWKS_CACHE_S", "0"),
        ("AUTH_JWKS_CACHE_S", "86401"),
        ("AUTH_JWKS_COOLDOWN_S", "0"),
        ("AUTH_JWKS_TIMEOUT_S", "0"),
        ("AUTH_JWKS_TIMEOUT_S", "30"),
    ],
)
def test_times(name: str, value: str) -> None:
    """A time that would switch a protection off is refused."""
    with pytest.raises(SettingError, match=name):
        Settings.from_env({**TOKENS, name: value})
