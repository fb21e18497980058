"""The local X-Ray daemon, which shares no code with this library, takes every kind of document that it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from local.xray.validation import reason_against
from observability import Settings, observe, span
from observability.testing import capture

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Call = Callable[..., httpx.Response]


def judged(documents: list[dict[str, Any]]) -> list[str | None]:
    return [reason_against(document) for document in documents]


def test_requests_of_every_outcome_are_taken(call: Call) -> None:
    """Segments of answers, errors and faults, with their causes."""
    app = FastAPI()
    observe(app, service="items", settings=Settings())

    @app.get("/boom")
    async def boom() -> None:
        with span("outer", namespace="remote", sql={"url": "file:items"}), span("inner"):
            raise ValueError("boom")

    with capture(app) as seen:
        for path in ("/boom", "/nowhere", "/docs"):
            call(app, "GET", path, headers={"X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793"})
    assert len(seen.documents) == 3
    assert judged(seen.documents) == [None, None, None]


def test_hostile_and_large_ones_are_taken() -> None:
    """Names, keys and values from anywhere, too many annotations, too much for one document, nested without end."""
    given: dict[str, Any] = {f"a {n}": "x" * 2000 for n in range(60)}
    with capture() as seen:
        with span('<"name">' * 100, namespace="aws", **given, nan=float("nan"), none=None, surrogate="\ud800"):
            pass
        for n in range(200):
            with span(f"n{n}") as one:
                one.metadata(text="x" * 700, bad={1: {2}})
    assert judged(seen.documents) == [None] * len(seen.documents)
    assert len(seen.documents) > 1


def test_very_deep_ones_are_taken() -> None:
    """A recursive function may trace itself: all of its spans arrive, in documents of bounded depth."""

    def recurse(n: int) -> None:
        if n:
            with span(f"level-{n}"):
                recurse(n - 1)

    with capture() as seen:
        for _ in range(3):
            recurse(100)
    assert judged(seen.documents) == [None] * len(seen.documents)
    assert len(seen.spans) == 301
    assert seen.lines[0]["TelemetryFailures"] == 0


@pytest.mark.parametrize("left_open", [1, 3])
def test_open_ones_are_taken(left_open: int) -> None:
    """Work that outlives its request is in progress, without an end."""
    with capture() as seen:
        for n in range(left_open):
            span(f"open-{n}").__enter__()
    assert judged(seen.documents) == [None]
    assert sum(one.get("in_progress", False) for one in seen.spans) == left_open
