"""The issuer's keys: kept, renewed, and asked for no more often than is polite.

PyJWT's own client isn't used: it asks a failing server again at each request, forgets its keys when they grow old
while the server is down, and reads an answer of any size.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from typing import TYPE_CHECKING

from service.auth.jwks import JwksError, fetch
from service.auth.refusal import KeysUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service.auth.jwks import SigningKey
    from service.settings import AuthSettings

_log = logging.getLogger("service.auth")

USABLE_S = 86_400.0
"""How long keys are trusted while they can't be renewed: an outage lasts hours, a stolen key must not last for ever."""


class KeySet:
    """`find` is the door. Safe for many event loops and threads: one fetch at a time, the others wait for it."""

    def __init__(self, settings: AuthSettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._fetching = threading.Lock()
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at = -math.inf
        self._tried_at = -math.inf
        self._failed = False

    async def find(self, key_id: str) -> SigningKey | None:
        """The key, or None when the issuer has none by that id. No thread and no I/O for a known, fresh key.

        Raises KeysUnavailableError when the issuer can't be asked and the answer depends on it.
        """
        key = self._keys.get(key_id)
        if key is None or self._older_than(self._settings.jwks_cache_s):
            await self._renew()
            key = self._keys.get(key_id)
        if self._older_than(USABLE_S) or (key is None and self._failed):
            raise KeysUnavailableError(self._seconds_to_next_try())
        return key

    async def _renew(self) -> None:
        """Fetches in a thread, unless the last try is too young; or waits for the fetch that is under way."""
        if self._seconds_left() > 0 and not self._fetching.locked():
            return
        import anyio.to_thread  # noqa: PLC0415 (only who fetches pays)

        try:
            with anyio.fail_after(self._settings.jwks_timeout_s):
                await anyio.to_thread.run_sync(self._fetch, abandon_on_cancel=True)
        except TimeoutError:
            self._fail("no answer in time")
            self._fetching = threading.Lock()  # the fetch that hangs keeps its own: the next try need not wait for it

    def _fetch(self) -> None:
        fetching = self._fetching
        if not fetching.acquire(timeout=self._settings.jwks_timeout_s):
            return  # whoever asked has given up by now
        try:
            if self._seconds_left() <= 0:  # else another thread just did
                self._tried_at = self._clock()
                self._keys = fetch(self._settings.jwks_url or "", timeout_s=self._settings.jwks_timeout_s)
                self._fetched_at, self._failed = self._clock(), False
        except JwksError as error:
            self._fail(str(error))
        finally:
            fetching.release()

    def _fail(self, why: str) -> None:
        self._failed = True
        _log.warning("AUTH_JWKS_URL: %s", why)

    def _older_than(self, seconds: float) -> bool:
        return self._clock() - self._fetched_at >= seconds

    def _seconds_left(self) -> float:
        """Until the issuer may be asked again."""
        return self._tried_at + self._settings.jwks_cooldown_s - self._clock()

    def _seconds_to_next_try(self) -> int:
        return max(1, math.ceil(self._seconds_left()))
