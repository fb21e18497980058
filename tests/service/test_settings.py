from __future__ import annotations

import pytest

from observability.settings import SettingError, table
from service.settings import AuthMode, Settings


def test_defaults() -> None:
    """With nothing set: SQLite in the folder Lambda can write to, no CORS, no authentication, a day of idempotency."""
    settings = Settings.from_env({})
    assert settings.app.name == "items"
    assert settings.app.base_path == ""
    assert settings.store.table is None
    assert settings.store.database == "/tmp/items.sqlite3"  # noqa: S108 (the default itself)
    assert settings.store.idempotency_expiry_s == 86_400
    assert settings.store.idempotency_wait_ms == 2_000
    assert settings.cors.origins == ()
    assert settings.cors.credentials is False
    assert settings.auth.mode is AuthMode.OFF
    assert settings.runtime.function is None


def test_everything_set() -> None:
    """Each variable reaches its setting."""
    settings = Settings.from_env(
        {
            "POWERTOOLS_SERVICE_NAME": "shop",
            "STAGE": "prod",
            "API_BASE_PATH": "/shop/v1",
            "ITEMS_TABLE": "items-prod",
            "ITEMS_DATABASE": "/data/i.sqlite3",
            "IDEMPOTENCY_EXPIRY_S": "60",
            "IDEMPOTENCY_WAIT_MS": "0",
            "CORS_ORIGINS": "https://a.example, http://localhost:3000",
            "CORS_CREDENTIALS": "true",
            "CORS_MAX_AGE_S": "5",
            "AWS_LAMBDA_FUNCTION_NAME": "items-fn",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_REGION": "eu-central-1",
            "AWS_SAM_LOCAL": "true",
        }
    )
    assert (settings.app.name, settings.app.stage, settings.app.base_path) == ("shop", "prod", "/shop/v1")
    assert (settings.store.table, settings.store.database) == ("items-prod", "/data/i.sqlite3")
    assert (settings.store.idempotency_expiry_s, settings.store.idempotency_wait_ms) == (60, 0)
    assert settings.cors.origins == ("https://a.example", "http://localhost:3000")
    assert (settings.cors.credentials, settings.cors.max_age_s) == (True, 5)
    runtime = settings.runtime
    assert (runtime.function, runtime.version, runtime.memory_mb) == ("items-fn", "7", 512)
    assert (runtime.region, runtime.sam_local) == ("eu-central-1", True)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("API_BASE_PATH", "shop"),
        ("API_BASE_PATH", "/shop/"),
        ("API_BASE_PATH", "/"),
        ("API_BASE_PATH", "/a b"),
        ("ITEMS_TABLE", "no spaces"),
        ("ITEMS_TABLE", "ab"),
        ("IDEMPOTENCY_EXPIRY_S", "0"),
        ("IDEMPOTENCY_EXPIRY_S", "soon"),
        ("IDEMPOTENCY_WAIT_MS", "-1"),
        ("CORS_ORIGINS", "https://a.example/"),
        ("CORS_ORIGINS", "a.example"),
        ("CORS_ORIGINS", "https://*.example"),
        ("CORS_CREDENTIALS", "maybe"),
        ("CORS_MAX_AGE_S", "-5"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "lots"),
    ],
)
def test_bad_value(variable: str, value: str) -> None:
    """A value that can't be used is refused at start; the error names the variable and the value."""
    with pytest.raises(SettingError) as caught:
        Settings.from_env({variable: value})
    assert variable in str(caught.value)
    assert value in str(caught.value)


def test_credentials_for_every_origin() -> None:
    """CORS_ORIGINS=* with CORS_CREDENTIALS is refused: any page could act with its visitor's credentials."""
    with pytest.raises(SettingError, match=r"CORS_ORIGINS.*CORS_CREDENTIALS"):
        Settings.from_env({"CORS_ORIGINS": "*", "CORS_CREDENTIALS": "1"})


def test_every_setting_is_described() -> None:
    """Each setting has a variable of its own and says what it means."""
    rows = table(Settings)
    assert len({row.variable for row in rows}) == len(rows)
    assert {"ITEMS_TABLE", "ITEMS_DATABASE", "API_BASE_PATH", "CORS_ORIGINS", "AUTH_MODE"} <= {r.variable for r in rows}
    assert all(len(row.meaning) > 5 for row in rows)
