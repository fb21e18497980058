"""What all users of the locustfile have in common: how they ask, and how they pass the time between."""

import itertools
import random
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from locust import FastHttpUser

from load_tests.answer import read_answer
from load_tests.outcome import FINE, Outcome, complaint, entry_name, judge
from load_tests.pace import Pace
from load_tests.steps import UNPAUSED


@dataclass(frozen=True, slots=True)
class Reply:
    """What a user reads of an answer. `body` is its JSON, None without any."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def fine(self) -> bool:
        return self.status in FINE


class Visitor(FastHttpUser):
    """One of the service's users. Every request carries a correlation id that no other request of any run has."""

    abstract = True
    insecure = False  # Locust would take any certificate
    think_s = (1.0, 3.0)
    """Between what it does, in seconds: at least, at most."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.name = uuid4().hex[:12]
        self._numbers = itertools.count(1)
        self._pace = Pace(time.monotonic())

    def unique(self, word: str) -> str:
        """A name or a key that nobody else uses, in this run or another."""
        return f"{word}-{self.name}-{next(self._numbers)}"

    def wait_time(self) -> float:
        options = self.environment.parsed_options
        if getattr(options, "shape", None) in UNPAUSED:
            return 0.0
        rate, users = getattr(options, "rate", 0.0), getattr(options, "pace_users", 0)
        if rate and users:
            return self._pace.pause_s(time.monotonic(), rate / users)
        return random.uniform(*self.think_s)

    def ask(  # noqa: PLR0913 - a request has that many sides
        self,
        method: str,
        route: str,
        *,
        path: str | None = None,
        asked_for: Collection[int] = FINE,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Sends it and judges the answer. `route` is the name in the statistics, `path` the address where they differ;
        `asked_for`: the statuses that the user wants, errors among them where it is out for one.
        """
        self._pace.made += 1
        correlation_id = self.unique("load")
        context = {"correlation_id": correlation_id, "route": route, "outcome": Outcome.WRONG}
        with self.client.request(
            method,
            path or route,
            name=route,
            catch_response=True,
            json=json,
            headers=self._headers(correlation_id, headers),
            context=context,
        ) as response:
            given = {name.lower(): value for name, value in (response.headers or {}).items()}
            status = response.status_code
            outcome = judge(status, asked_for)
            meta = response.request_meta
            meta["context"]["outcome"] = outcome
            meta["name"] = entry_name(route, status, outcome, cold=read_answer(given).cold)
            if outcome is Outcome.WRONG:
                response.failure(complaint(status, asked_for))
            else:
                response.success()
            return Reply(status, given, _json(response, given))

    def _headers(self, correlation_id: str, headers: Mapping[str, str] | None) -> dict[str, str]:
        key = getattr(self.environment.parsed_options, "api_key", "")
        return {"X-Correlation-Id": correlation_id, **({"X-Api-Key": key} if key else {}), **(headers or {})}


def _json(response: Any, headers: Mapping[str, str]) -> Any:
    return response.json() if response.content and "json" in headers.get("content-type", "") else None
