"""Delivery to HTTP endpoints: each message on its own, tried again some times, never waited for."""

import http.client
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from local.sns.notification import Post

# The default delivery policy of HTTP endpoints: AWS page "Creating an HTTP/S delivery policy" (numRetries, delays).
RETRIES, PAUSE_S = 3, 20.0
ANSWER_S = 15.0  # "a timeout ... of 15 seconds" for an endpoint's answer
MOST_WAITING = 1000
THREADS = 4


class Deliveries:
    """`tell` hears of what could not be delivered. `pause_s` is how long after a failure the next try comes."""

    def __init__(self, tell: Callable[[str], None], pause_s: float = PAUSE_S) -> None:
        self._tell = tell
        self._pause_s = pause_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sns")
        self._waiting = 0
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def put(self, post: Post) -> None:
        with self._lock:
            if self._waiting >= MOST_WAITING:
                self._tell(f"SNS: {post.url}: {MOST_WAITING} messages wait already; this one is lost")
                return
            self._waiting += 1
        self._threads.submit(self._deliver, post)

    def close(self) -> None:
        self._closed.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _deliver(self, post: Post) -> None:
        try:
            for attempt in range(RETRIES + 1):
                failure = _sent(post)
                if failure is None:
                    return
                if attempt < RETRIES and self._closed.wait(self._pause_s):
                    return
            self._tell(f"SNS: {post.url}: given up after {RETRIES + 1} attempts: {failure}")
        finally:
            with self._lock:
                self._waiting -= 1


def _sent(post: Post) -> str | None:
    """None where the endpoint took it: an answer from 200 to 299. Else what went wrong."""
    where = urlsplit(post.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=ANSWER_S)
    path = (where.path or "/") + (f"?{where.query}" if where.query else "")
    began = time.monotonic()
    try:
        connection.request("POST", path, post.body, dict(post.headers))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{error} after {time.monotonic() - began:.1f} s"
    finally:
        connection.close()
    return None if 200 <= status < 300 else f"status {status}"
