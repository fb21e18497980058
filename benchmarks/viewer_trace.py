"""A trace of 500 subsegments, opened by a click in the list."""

import json
import secrets
import time
from collections.abc import Iterator
from statistics import median
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page

BRANCHES, LEAVES = 10, 49  # 10 and 10 times 49 subsegments: 500
NAME = "five-hundred"
FILTER = f'service("{NAME}")'
# When the browser has painted what came: a frame after the document was complete, by the clock of its navigation.
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"


def put(xray: Any) -> int:
    """Says how many subsegments the trace has."""
    documents = list(_documents(time.time() - 5))
    xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(document) for document in documents])
    return sum(1 + len(document.get("subsegments", ())) for document in documents[1:])


def measure(page: Page, url: str, rounds: int) -> tuple[float, list[float]]:
    """Milliseconds from the click until all is painted: of the browser's first time, and of the others."""
    taken = []
    for _ in range(rounds + 1):
        page.goto(f"{url}/traces?{urlencode({'filter': FILTER})}")
        page.locator("table.traces td.request a").first.click()
        page.wait_for_selector("#waterfall")
        page.wait_for_load_state("load")
        taken.append(float(page.evaluate(PAINTED)))
        rows = page.locator("#waterfall .span").count()
        if rows != 1 + BRANCHES * (1 + LEAVES):
            raise RuntimeError(f"the trace's page has {rows} rows")
    return taken[0], taken[1:]


def report(first: float, others: list[float]) -> str:
    shown = sorted(round(one) for one in others)
    return (
        f"a trace of 500 subsegments, the browser's first   {first:.0f} ms\n"
        f"the same, from the click                          {median(others):.0f} ms  {shown}"
    )


def _documents(start_s: float) -> Iterator[dict[str, Any]]:
    """A segment, and its subsegments sent by themselves: together they are over the 64 kB of one document."""
    trace_id, segment_id = f"1-{int(start_s):08x}-{secrets.token_hex(12)}", secrets.token_hex(8)
    whole = {"trace_id": trace_id, "name": NAME, "origin": "AWS::Lambda::Function"}
    yield {**whole, "id": segment_id, "start_time": start_s, "end_time": start_s + 1}
    for branch in range(BRANCHES):
        begin = start_s + branch / BRANCHES
        leaves = [_subsegment(f"call {leaf}", begin + leaf / 1000, 0.001) for leaf in range(LEAVES)]
        own = {"trace_id": trace_id, "type": "subsegment", "parent_id": segment_id}
        yield {**own, **_subsegment(f"step {branch}", begin, 0.09), "subsegments": leaves}


def _subsegment(name: str, start_s: float, seconds: float) -> dict[str, Any]:
    annotations = {"route": "/api/items/{item_id}"}
    times = {"start_time": start_s, "end_time": start_s + seconds}
    return {"id": secrets.token_hex(8), "name": name, **times, "annotations": annotations}
