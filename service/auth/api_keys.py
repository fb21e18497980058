"""API keys: known here by their SHA-256 digests alone, so that no setting holds a secret."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from service.auth.principal import Kind, Principal
from service.auth.refusal import Refusal, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import Request

_SUBJECT_DIGITS = 12
"""Of the digest, as the key's name in logs: enough to tell keys apart, no help in guessing one."""


class ApiKeys:
    def __init__(self, digests: Iterable[str]) -> None:
        self._digests = tuple(digest.lower() for digest in digests)

    async def identify(self, request: Request) -> Principal | None:
        """The X-Api-Key header's owner; None without that header. Raises RefusedError."""
        values = request.headers.getlist("x-api-key")
        if len(values) > 1:
            raise RefusedError(Refusal.REPEATED)
        return self.owner(values[0]) if values else None

    def owner(self, key: str) -> Principal:
        """`key` as HTTP gives it: bytes read as Latin-1. Takes as long for any key. Raises RefusedError."""
        digest = hashlib.sha256(key.encode("latin-1", "replace")).hexdigest()
        accepted = False
        for known in self._digests:
            accepted |= hmac.compare_digest(known, digest)
        if not accepted:
            raise RefusedError(Refusal.API_KEY)
        return Principal(digest[:_SUBJECT_DIGITS], Kind.API_KEY)
