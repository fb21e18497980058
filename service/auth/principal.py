"""Who is asking, as routes see it. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a principal was told."""

    OFF = "off"
    """It wasn't: no credential was shown, on a route where none is needed."""
    API_KEY = "api_key"
    """By an X-Api-Key header whose digest is configured."""
    JWT = "jwt"
    """By a bearer token that this service verified."""
    GATEWAY = "gateway"
    """By an authorizer of API Gateway, before the request came here."""


@dataclass(frozen=True)
class Principal:
    """A caller. `subject` is stable and unique within its kind, and never a secret: it may be logged.

    `scopes` are a token's scopes, in its order; an API key has none.
    """

    subject: str
    kind: Kind
    scopes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Unique among all kinds: what belongs to one caller can be kept under this name."""
        return f"{self.kind.value}:{self.subject}"


ANONYMOUS = Principal("anonymous", Kind.OFF)
"""Everybody who shows no credential."""


def scopes_of(value: object) -> tuple[str, ...]:
    """Scopes as issuers write them: one string with spaces (RFC 8693, section 4.2) or a list of strings."""
    names = value.split() if isinstance(value, str) else value
    if not isinstance(names, list):
        return ()
    return tuple(name for name in names if isinstance(name, str))
