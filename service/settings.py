"""Everything that can be set, each with its variable, default, unit and meaning. PURE: the environment is an argument.

No other file of this service reads the environment. (boto3 reads AWS's own variables by itself: credentials,
AWS_REGION, and AWS_ENDPOINT_URL_DYNAMODB to talk to another DynamoDB.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from observability.settings import SettingError, read, setting

if TYPE_CHECKING:
    from collections.abc import Mapping


class AuthMode(Enum):
    """Who must show a credential."""

    OFF = "off"
    """Nobody: every route is public."""
    WRITES = "writes"
    """Whoever creates, changes or deletes; reading is public."""
    REQUIRED = "required"
    """Everybody, on every items route."""


@dataclass(frozen=True)
class AuthSettings:
    """Who may call (service/auth/)."""

    mode: AuthMode = setting(env="AUTH_MODE", default=AuthMode.OFF, meaning="who must show a credential")
    api_keys_sha256: tuple[str, ...] = setting(
        env="AUTH_API_KEYS_SHA256",
        default=(),
        meaning="SHA-256 digests (hex) of the accepted API keys, so that the environment holds no secret",
    )
    jwks_url: str | None = setting(
        env="AUTH_JWKS_URL", default=None, meaning="where the token issuer publishes its keys (RFC 7517)"
    )
    jwt_issuer: str | None = setting(
        env="AUTH_JWT_ISSUER", default=None, meaning="the `iss` a token must have (RFC 7519)"
    )
    jwt_audience: str | None = setting(env="AUTH_JWT_AUDIENCE", default=None, meaning="the `aud` a token must have")
    jwt_algorithms: tuple[str, ...] = setting(
        env="AUTH_JWT_ALGORITHMS", default=("RS256", "ES256"), meaning="the signature algorithms a token may use"
    )
    gateway_claims: bool = setting(
        env="AUTH_GATEWAY_CLAIMS", default=False, meaning="trust the claims that an API Gateway authorizer verified"
    )
    jwt_leeway_s: int = setting(
        env="AUTH_JWT_LEEWAY_S", default=30, unit="s", meaning="how far the issuer's clock may be from ours"
    )
    jwks_cache_s: int = setting(
        env="AUTH_JWKS_CACHE_S",
        default=300,
        unit="s",
        meaning="how old the issuer's keys may grow before they are fetched again; a withdrawn key works as long",
    )
    jwks_cooldown_s: int = setting(
        env="AUTH_JWKS_COOLDOWN_S",
        default=10,
        unit="s",
        meaning="the least time between two fetches of the keys, whatever tokens come (unknown keys, server down)",
    )
    jwks_timeout_s: int = setting(
        env="AUTH_JWKS_TIMEOUT_S", default=2, unit="s", meaning="how long a request waits for the issuer's keys"
    )


@dataclass(frozen=True)
class StoreSettings:
    """Where items are kept."""

    table: str | None = setting(
        env="ITEMS_TABLE", default=None, meaning="DynamoDB table that keeps the items; unset: the SQLite file"
    )
    database: str = setting(
        env="ITEMS_DATABASE",
        default="/tmp/items.sqlite3",  # noqa: S108 (the one folder that Lambda can write to)
        meaning="SQLite file that keeps the items when there is no table; Lambda can write only below /tmp",
    )
    idempotency_expiry_s: int = setting(
        env="IDEMPOTENCY_EXPIRY_S", default=86_400, unit="s", meaning="how long an Idempotency-Key is remembered"
    )
    idempotency_wait_ms: int = setting(
        env="IDEMPOTENCY_WAIT_MS",
        default=2_000,
        unit="ms",
        meaning="how long a duplicate waits for the first request's answer before it gets 409",
    )


@dataclass(frozen=True)
class CorsSettings:
    """Which web pages may call (service/cors.py)."""

    origins: tuple[str, ...] = setting(
        env="CORS_ORIGINS",
        default=(),
        meaning="origins whose pages may call, such as https://app.example.com; * is all",
    )
    credentials: bool = setting(
        env="CORS_CREDENTIALS", default=False, meaning="whether those pages may send cookies and HTTP authentication"
    )
    max_age_s: int = setting(
        env="CORS_MAX_AGE_S", default=600, unit="s", meaning="how long a browser may remember a preflight's answer"
    )


@dataclass(frozen=True)
class LambdaSettings:
    """What Lambda says about the function; unset elsewhere."""

    function: str | None = setting(env="AWS_LAMBDA_FUNCTION_NAME", default=None, meaning="the function's name")
    version: str | None = setting(env="AWS_LAMBDA_FUNCTION_VERSION", default=None, meaning="the function's version")
    memory_mb: int | None = setting(
        env="AWS_LAMBDA_FUNCTION_MEMORY_SIZE", default=None, unit="MB", meaning="the function's memory"
    )
    region: str | None = setting(env="AWS_REGION", default=None, meaning="the region")
    sam_local: bool = setting(
        env="AWS_SAM_LOCAL", default=False, meaning="set by a Lambda that runs on a laptop, as SAM's does"
    )


@dataclass(frozen=True)
class AppSettings:
    name: str = setting(
        env="POWERTOOLS_SERVICE_NAME", default="items", meaning="the service's name in logs, metrics and traces"
    )
    stage: str = setting(env="STAGE", default="dev", meaning="the deployment stage, shown by /api/aws-info")
    base_path: str = setting(
        env="API_BASE_PATH", default="", meaning="base path of the API's custom domain mapping, such as /shop"
    )


@dataclass(frozen=True)
class Settings:
    """All settings, by section: `Settings.from_env(os.environ)`. Raises SettingError for a value that can't be."""

    app: AppSettings
    store: StoreSettings
    cors: CorsSettings
    auth: AuthSettings
    runtime: LambdaSettings

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        settings = read(cls, environ)
        _check_app(settings.app)
        _check_store(settings.store)
        _check_cors(settings.cors)
        _check_auth(settings.auth)
        return settings


def _check_app(app: AppSettings) -> None:
    if app.base_path and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", app.base_path):
        raise SettingError(
            "API_BASE_PATH", app.base_path, "a path such as /shop: it starts with / and doesn't end with one"
        )


def _check_store(store: StoreSettings) -> None:
    # DynamoDB, CreateTable: "3 to 255 characters: a-z, A-Z, 0-9, '_', '-' and '.'". (An ARN would do too.)
    if store.table is not None and not re.fullmatch(r"[A-Za-z0-9_.-]{3,255}|arn:[^\s]+", store.table):
        raise SettingError("ITEMS_TABLE", store.table, "a table's name (3 to 255 of A-Z a-z 0-9 _ - .) or ARN")
    if store.idempotency_expiry_s < 1:
        raise SettingError(
            "IDEMPOTENCY_EXPIRY_S", str(store.idempotency_expiry_s), "a whole number of seconds from 1 on"
        )
    if store.idempotency_wait_ms < 0:
        raise SettingError("IDEMPOTENCY_WAIT_MS", str(store.idempotency_wait_ms), "milliseconds, 0 or more")


def _check_cors(cors: CorsSettings) -> None:
    for origin in cors.origins:
        if origin != "*" and not re.fullmatch(r"https?://[^/?#@\s*]+", origin):
            raise SettingError(
                "CORS_ORIGINS", origin, "* or an origin: scheme, host and port, no path (https://app.example.com)"
            )
    # Browsers refuse the pair (Fetch standard, "CORS protocol and credentials"), and Starlette would then
    # mirror every origin: any page on the web could act with its visitor's credentials.
    if cors.credentials and "*" in cors.origins:
        raise SettingError("CORS_ORIGINS", "*", "the origins by name when CORS_CREDENTIALS is on")
    if cors.max_age_s < 0:
        raise SettingError("CORS_MAX_AGE_S", str(cors.max_age_s), "seconds, 0 or more")


_ASYMMETRIC_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Whose verifying key may be public. Never HS256 and its like: the published key would also sign; never none."""


def _check_auth(auth: AuthSettings) -> None:
    _check_auth_mode(auth)
    for position, digest in enumerate(auth.api_keys_sha256, start=1):
        if not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
            # Not the value: it may be the key itself, put here by mistake.
            raise SettingError(
                "AUTH_API_KEYS_SHA256", f"(entry {position}, not shown)", "SHA-256 digests: 64 hex digits each"
            )
    if auth.jwks_url is not None:
        _check_jwt(auth, auth.jwks_url)


def _check_auth_mode(auth: AuthSettings) -> None:
    ways = {
        "AUTH_API_KEYS_SHA256": bool(auth.api_keys_sha256),
        "AUTH_JWKS_URL": auth.jwks_url is not None,
        "AUTH_GATEWAY_CLAIMS": auth.gateway_claims,
    }
    names = [name for name, is_set in ways.items() if is_set]
    if auth.mode is AuthMode.OFF and names:
        # Someone who sets up keys and forgets the mode would have an open service and not know it.
        raise SettingError("AUTH_MODE", "off", f"writes or required, as {' and '.join(names)} is set; or unset that")
    if auth.mode is not AuthMode.OFF and not names:
        raise SettingError("AUTH_MODE", auth.mode.value, f"off, or with at least one of {', '.join(ways)} set")


def _check_jwt(auth: AuthSettings, url: str) -> None:
    secure = re.fullmatch(r"https://[^\s/?#@]+(/[^\s#]*)?", url)
    loopback = re.fullmatch(r"http://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?(/[^\s#]*)?", url)
    if not (secure or loopback):
        # Not the value: a URL that is refused for its user part holds a password.
        raise SettingError(
            "AUTH_JWKS_URL", "(not shown)", "https://host/path, without a user part (http:// for a loopback host only)"
        )
    # Without these, any token by this issuer's keys would do: other customers', other applications'.
    for name, value in (("AUTH_JWT_ISSUER", auth.jwt_issuer), ("AUTH_JWT_AUDIENCE", auth.jwt_audience)):
        if not value:
            raise SettingError(name, "", "set, as AUTH_JWKS_URL is")
    for algorithm in auth.jwt_algorithms:
        if algorithm not in _ASYMMETRIC_ALGORITHMS:
            raise SettingError(
                "AUTH_JWT_ALGORITHMS", algorithm, f"asymmetric ones: {', '.join(sorted(_ASYMMETRIC_ALGORITHMS))}"
            )
    if not auth.jwt_algorithms:
        raise SettingError("AUTH_JWT_ALGORITHMS", "", "at least one algorithm, such as RS256")
    _check_jwt_times(auth)


def _check_jwt_times(auth: AuthSettings) -> None:
    for name, value, least, most in (
        ("AUTH_JWT_LEEWAY_S", auth.jwt_leeway_s, 0, 300),
        ("AUTH_JWKS_CACHE_S", auth.jwks_cache_s, 1, 86_400),
        ("AUTH_JWKS_COOLDOWN_S", auth.jwks_cooldown_s, 1, 3_600),
        ("AUTH_JWKS_TIMEOUT_S", auth.jwks_timeout_s, 1, 29),
    ):
        if not least <= value <= most:
            raise SettingError(name, str(value), f"seconds from {least} to {most}")
