"""Which web pages may call this API from a browser, and what they may see (Fetch standard, CORS protocol)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.middleware.cors import CORSMiddleware

if TYPE_CHECKING:
    from fastapi import FastAPI

    from service.settings import CorsSettings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Api-Key",
    "X-Correlation-Id",
)

RESPONSE_HEADERS = (
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Retry-After",
    "Server-Timing",
    "WWW-Authenticate",
    "X-Amzn-Trace-Id",
    "X-Correlation-Id",
    "X-Request-Id",
)


def install(app: FastAPI, settings: CorsSettings) -> None:
    """Adds FastAPI's CORS middleware when any origin is allowed; without one, a browser keeps every page out."""
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=METHODS,
            allow_headers=REQUEST_HEADERS,
            allow_credentials=settings.credentials,
            expose_headers=RESPONSE_HEADERS,
            max_age=settings.max_age_s,
        )
