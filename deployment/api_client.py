"""HTTP through a deployed API, as a client does it."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.error import HTTPError


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class ApiClient:
    """Requests below `base`. The checks give sentences: what was not as it should be."""

    def __init__(self, base: str) -> None:
        self._base = base

    def items_are_kept(self) -> Iterator[str]:
        """An item that is made can be read, alone and in the list: the function, its role's table and index work."""
        made = self._send("POST", "/api/items/", {"name": "Lamp", "price_cents": 4900})
        if made.status != 201:
            yield f"POST /api/items/ answers {made.status}: {made.body[:500]!r}"
            return
        item = made.document()
        read = self._send("GET", f"/api/items/{item['id']}")
        if (read.status, read.document()) != (200, item):
            yield f"GET of the item answers {read.status}: {read.body[:500]!r}"
        listed = self._send("GET", "/api/items/")
        if listed.status != 200 or item["id"] not in listed.body.decode():
            yield f"GET /api/items/ answers {listed.status} without the item: {listed.body[:500]!r}"
        absent = self._send("GET", "/api/items/nope")
        if (absent.status, absent.headers.get_content_type()) != (404, "application/problem+json"):
            yield f"GET of no item answers {absent.status} as {absent.headers.get_content_type()}"

    def key_is_asked_for(self, key: str) -> Iterator[str]:
        """Without the key the gateway's own problem document, with it the service."""
        refused = self._send("GET", "/api/health")
        if (refused.status, refused.headers.get_content_type()) != (403, "application/problem+json"):
            yield f"without the key: {refused.status} as {refused.headers.get_content_type()}: {refused.body[:500]!r}"
        elif refused.document().get("status") != 403:
            yield f"the problem document is {refused.body[:500]!r}"
        allowed = self._send("GET", "/api/health", key=key)
        if allowed.status != 200:
            yield f"with the key: {allowed.status}: {allowed.body[:500]!r}"

    def status(self, path: str) -> int:
        return self._send("GET", path).status

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", **({"x-api-key": key} if key else {})}
        request = urllib.request.Request(self._base + path, data, headers, method=method)  # noqa: S310 - http
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - http
                return Answer(answer.status, answer.headers, answer.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())
