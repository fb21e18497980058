"""A run of Locust, listened to: its requests are kept, sent from workers to the master, and told of at the end."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from locust.runners import MasterRunner, WorkerRunner

from load_tests.answer import read_answer
from load_tests.ending import Ending
from load_tests.made import Made
from load_tests.options import problem_of
from load_tests.parts import told_parts
from load_tests.records import Records
from load_tests.shapes import PEAK_USERS, SHAPES, Shape

if TYPE_CHECKING:
    from typing import TextIO

    from locust.env import Environment

ROWS = "glasshouse"
"""The member of a worker's report that holds the requests that it made since its last one."""


class Run:
    """One process's part of it: a worker's, which makes requests; the master's, which gathers them; or both in one."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._options: Any = environment.parsed_options
        self._records = self._fresh()
        self._outbox: list[dict[str, Any]] = []
        self._ledger: TextIO | None = None
        self._ending = Ending(environment)

    def listen(self) -> None:
        """Called once, when Locust has started. Ends it where the options contradict each other."""
        if problem := problem_of(self._options):
            sys.exit(f"locust: error: {problem}")
        self._choose_shape()
        events, runner = self._environment.events, self._environment.runner
        events.test_start.add_listener(self._begin)
        events.reset_stats.add_listener(self._forget)
        if not isinstance(runner, MasterRunner):
            events.request.add_listener(self._requested)
        if isinstance(runner, WorkerRunner):
            events.report_to_master.add_listener(self._report)
            return
        events.worker_report.add_listener(self._reported)
        events.test_stop.add_listener(self._stopped)
        events.quitting.add_listener(self._tell)
        events.quit.add_listener(self._close)
        if self._environment.web_ui is not None:
            self._ending.serve(self._environment.web_ui, lambda: self._records)

    def _choose_shape(self) -> None:
        """Locust takes the one shape that a locustfile shows; ours shows none, so that plain runs have none."""
        known: dict[str, Shape] = {shape.__name__: shape() for shape in SHAPES}
        self._environment.available_shape_classes = {**known}
        for shape in known.values():
            if shape.kind == self._options.shape:
                shape.runner = self._environment.runner
                self._environment.shape_class = shape

    def _begin(self, **_: Any) -> None:
        """On the master before the workers start, whom Locust then tells these options."""
        self._forget()
        if isinstance(self._environment.runner, WorkerRunner):
            return
        shape = self._environment.shape_class
        if isinstance(shape, Shape):
            self._options.shape = shape.kind
        self._options.pace_users = self._options.num_users or (PEAK_USERS if isinstance(shape, Shape) else 1)
        if self._options.ledger:
            self._close()
            self._ledger = Path(self._options.ledger).open("w", encoding="utf-8")  # noqa: SIM115 - open until the end

    def _forget(self, **_: Any) -> None:
        self._records = self._fresh()
        self._outbox = []

    def _fresh(self) -> Records:
        return Records(self._options.slowest, Random(), all_ids=bool(self._options.function))

    def _requested(self, **event: Any) -> None:
        """Locust's own event of a request that is over."""
        made = _made(event)
        if made is None:
            return
        start = "cold" if made.cold else "warm"
        for part, ms in told_parts(made).items():
            # Past Locust's totals, which count whole requests; the workers' reports carry these entries too.
            entry: Any = self._environment.stats.get(f"part: {part}", start)  # takes fractions, and says int
            entry.log(ms, 0)
        if isinstance(self._environment.runner, WorkerRunner):
            self._outbox.append(made.row())
        else:
            self._keep(made)

    def _report(self, data: dict[str, Any], **_: Any) -> None:
        data[ROWS], self._outbox = self._outbox, []

    def _reported(self, data: dict[str, Any], **_: Any) -> None:
        for row in data.get(ROWS, ()):
            self._keep(Made.from_row(row))

    def _keep(self, made: Made) -> None:
        self._records.add(made)
        if self._ledger is not None:
            self._ledger.write(made.line() + "\n")

    def _stopped(self, **_: Any) -> None:
        """With the web page, where Locust goes on after a test; without it a master still waits for last reports."""
        if self._environment.web_ui is not None:
            self._ending.confirm(self._records)

    def _tell(self, **_: Any) -> None:
        if self._environment.web_ui is None:
            self._ending.confirm(self._records)
        self._ending.tell(self._records)

    def _close(self, **_: Any) -> None:
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None


def _made(event: dict[str, Any]) -> Made | None:
    """None for a request that is not one of our users'."""
    context, response = event["context"], event["response"]
    if "correlation_id" not in context:
        return None
    headers = {name.lower(): value for name, value in (response.headers or {}).items()}
    return Made.of(
        read_answer(headers),
        at=event.get("start_time", time.time()),
        method=event["request_type"],
        status=response.status_code or 0,
        ms=event["response_time"],
        **{name: context[name] for name in ("route", "outcome", "correlation_id")},
    )
