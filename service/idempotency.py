"""`Idempotency-Key` on POST: a repeated request gets the first one's answer, and makes nothing twice.

A key belongs to one caller and one route. The same key with another body is 422. While the first request is still
at work, a duplicate waits for its answer (IDEMPOTENCY_WAIT_MS), and then gets 409 with Retry-After. A first request
that failed frees its key. Keys are neither logged nor stored: only their SHA-256 is.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from typing import TYPE_CHECKING

from observability import current
from service.errors import BadRequestError, ConflictError, KeyInUseError, KeyReusedError, UnprocessableError
from service.metrics import IDEMPOTENT_REPLAYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store import ItemStore

KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"
"""1 to 255 visible ASCII characters."""

_POLL_S = 0.05
"""How often a duplicate looks for the first answer: a DynamoDB write each time."""


class Idempotency:
    def __init__(self, store: ItemStore, wait_ms: int) -> None:
        self._store = store
        self._wait_s = wait_ms / 1_000

    async def once(
        self, key: str, *, scope: str, body: str, make: Callable[[], str], remaining_ms: Callable[[], int]
    ) -> tuple[str, bool]:
        """make()'s answer, or the one kept from the first request with `key` in `scope` (caller and route).

        The second value says whether it is a kept one. Raises BadRequestError, UnprocessableError, ConflictError.
        """
        if not re.fullmatch(KEY_PATTERN, key):
            raise BadRequestError(
                "Idempotency-Key must be 1 to 255 visible ASCII characters.", kind="bad-idempotency-key"
            )
        scoped, fingerprint = _digest(scope, key), _digest(body)
        deadline = time.monotonic() + self._wait_s
        while True:
            try:
                answer, replayed = self._store.once(scoped, fingerprint, make, remaining_ms)
            except KeyReusedError as error:
                raise UnprocessableError(
                    "This Idempotency-Key came with another body before: use a new key for a new request.",
                    kind="idempotency-key-reused",
                ) from error
            except KeyInUseError as error:
                if time.monotonic() >= deadline:
                    raise ConflictError(
                        "The first request with this Idempotency-Key is still at work.",
                        retry_after=1,
                        kind="idempotency-key-in-use",
                    ) from error
                await asyncio.sleep(_POLL_S)
            else:
                current().count(IDEMPOTENT_REPLAYS, int(replayed))
                return answer, replayed


def _digest(*parts: str) -> str:
    """SHA-256 of the parts; each goes in with its length, so that no two lists of parts read the same."""
    whole = b"".join(b"%d:" % len(raw) + raw for raw in (part.encode(errors="surrogatepass") for part in parts))
    return hashlib.sha256(whole).hexdigest()
