"""A live tail while 500 lines a second come: whether the page stays there for its reader, and loses none."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

GROUP, STREAM = "/bench/tail", "one"
A_SECOND, TICKS = 500, 10
# How late a timer of 50 ms comes, and what the browser calls a long task: more than 50 ms without a break.
WATCH = """() => {
  window.late = [];
  window.long = [];
  let due = performance.now() + 50;
  setInterval(() => { const now = performance.now(); window.late.push(Math.max(0, now - due)); due = now + 50; }, 50);
  new PerformanceObserver(list => window.long.push(...list.getEntries().map(one => one.duration)))
    .observe({ type: "longtask" });
}"""
# The page says how many lines are shown and how many were.
TOTAL = """() => (document.getElementById("tail-state").textContent.match(/\\d+/g) ?? [])
  .reduce((sum, digits) => sum + Number(digits), 0)"""


@dataclass(frozen=True, slots=True)
class Tailed:
    """Lines put and seen; how late timers came, and how long the long tasks were, in ms."""

    put: int
    seen: int
    late_ms: list[float]
    long_ms: list[float]

    def report(self) -> str:
        late = sorted(self.late_ms)
        return (
            f"a tail at {A_SECOND} lines/s: {self.seen:,} of {self.put:,} lines came, a timer was late by "
            f"{late[len(late) // 2]:.0f} ms, {late[int(len(late) * 0.99)]:.0f} ms (p99), {late[-1]:.0f} ms at most; "
            f"{len(self.long_ms)} tasks over 50 ms, {max(self.long_ms, default=0):.0f} ms the longest"
        )


def measure(page: Page, url: str, logs: Any, seconds: float) -> Tailed:
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    page.goto(f"{url}/logs?group={GROUP}")
    page.wait_for_function("() => document.getElementById('tail-state').textContent !== 'Asking…'")
    page.evaluate(WATCH)
    sent: list[int] = []
    sender = threading.Thread(target=_send, args=(logs, seconds, sent))
    sender.start()
    while sender.is_alive():
        page.wait_for_timeout(200)
    sender.join()
    put = sum(sent)
    late, long = page.evaluate("() => [window.late, window.long]")  # of the time under load
    page.wait_for_function(f"() => ({TOTAL})() >= {put}")
    return Tailed(put, int(page.evaluate(TOTAL)), late, long)


def _send(logs: Any, seconds: float, sent: list[int]) -> None:
    began = time.monotonic()
    for tick in range(int(seconds * TICKS)):
        now_ms = int(time.time() * 1000)
        count = A_SECOND // TICKS
        lines = [
            f'{{"level":"INFO","message":"GET /api/items/ 200","number":{tick * count + n}}}' for n in range(count)
        ]
        events = [{"timestamp": now_ms, "message": line} for line in lines]
        logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)
        sent.append(count)
        # Until the next tick is due, whatever the call took.
        time.sleep(max(0.0, began + (tick + 1) / TICKS - time.monotonic()))
