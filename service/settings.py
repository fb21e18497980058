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
    """Who may call (service/auth.py)."""

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
        settings = cls(
            read(AppSettings, environ),
            read(StoreSettings, environ),
            read(CorsSettings, environ),
            read(AuthSettings, environ),
            read(LambdaSettings, environ),
        )
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


def _check_auth(auth: AuthSettings) -> None:
    for digest in auth.api_keys_sha256:
        if not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
            raise SettingError("AUTH_API_KEYS_SHA256", f"{digest[:4]}...", "SHA-256 digests: 64 hex digits each")
