"""Requests over HTTP, sent when they are due, whether or not those before were answered (no coordinated omission)."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiohttp

from load_tests.observation import Phase
from load_tests.sweep.joining import Answer
from load_tests.sweep.journey import FIRST, Journey, Visit

PATIENCE_S = 60.0  # API Gateway hangs up at 29 s, and Lambda may run an initialisation of 10 s twice before
MOST_IN_FLIGHT = 2000
REQUEST_ID = "x-amzn-requestid"
CREATED = 201


class Load:
    """`tick` is called after every answer with the number of answers so far."""

    def __init__(self, api: str, tick: Callable[[int], None], api_key: str = "") -> None:
        self._api = api.rstrip("/")
        self._tick = tick
        self._headers = {"X-Api-Key": api_key} if api_key else {}
        self._answers: list[Answer] = []

    async def starts(self, count: int) -> list[Answer]:
        """`count` requests at once, on connections of their own."""
        async with self._session() as session:
            visits = [self._ask(session, Phase.COLD, FIRST, FIRST.path) for _ in range(count)]
            return [answer for answer, _ in await asyncio.gather(*visits)]

    async def run(self, journey: Journey, warm_up_s: float, seconds: float) -> list[Answer]:
        started = time.monotonic()
        self._answers = []
        due = 0.0
        async with self._session() as session, asyncio.TaskGroup() as group:
            while True:
                gap, visit, path = journey.next()
                due += gap
                if due > warm_up_s + seconds:
                    break
                phase = Phase.LOAD if due > warm_up_s else Phase.WARM_UP
                await asyncio.sleep(max(0.0, started + due - time.monotonic()))
                group.create_task(self._visit(journey, visit, self._ask(session, phase, visit, path)))
        return self._answers

    async def _visit(self, journey: Journey, visit: Visit, asked: Awaitable[tuple[Answer, bytes]]) -> None:
        answer, body = await asked
        self._answers.append(answer)
        self._tick(len(self._answers))
        if visit.makes and answer.status == CREATED:
            with suppress(ValueError, KeyError, TypeError):
                journey.made(str(json.loads(body)["id"]))

    async def _ask(self, session: aiohttp.ClientSession, phase: Phase, visit: Visit, path: str) -> tuple[Answer, bytes]:
        at, started = time.time(), time.monotonic()
        status, gateway_id, body = 0, "", b""
        try:
            async with session.request(visit.method, self._api + path, json=visit.body) as response:
                body = await response.read()
                status, gateway_id = response.status, response.headers.get(REQUEST_ID, "")
        except (aiohttp.ClientError, TimeoutError):
            pass  # status 0 says it: no answer came
        return Answer(phase, at, (time.monotonic() - started) * 1000, status, gateway_id, visit.route), body

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
            connector=aiohttp.TCPConnector(limit=MOST_IN_FLIGHT),
        )
