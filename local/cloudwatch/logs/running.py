"""A query of Logs Insights while it runs and after: its state, its answer, its thread."""

import logging
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

from local.cloudwatch.logs.errors import RegexTooSlow
from local.cloudwatch.logs.insights import Outcome, Plan, QueryStopped, QueryTimedOut, TooLarge, run_query
from local.database import Database

_log = logging.getLogger(__name__)


class Status(StrEnum):
    """SCHEDULED: it waits for a thread. RUNNING: SQLite is at it. COMPLETE: its rows are there.

    FAILED: a regular expression was too slow, the answer too large, or a text in it; the log says which. CANCELLED:
    StopQuery ended it. TIMEOUT: it ran for an hour.
    """

    SCHEDULED = "Scheduled"
    RUNNING = "Running"
    COMPLETE = "Complete"
    FAILED = "Failed"
    CANCELLED = "Cancelled"
    TIMEOUT = "Timeout"


ENDED = frozenset({Status.COMPLETE, Status.FAILED, Status.CANCELLED, Status.TIMEOUT})


@dataclass
class RunningQuery:
    id: str
    text: str
    groups: tuple[str, ...]
    created_ms: int
    plan: Plan
    status: Status = Status.SCHEDULED
    outcome: Outcome = field(default_factory=Outcome)
    duration_ms: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self, database: Database) -> None:
        """In a thread of its own."""
        if self._stop.is_set():
            self.status = Status.CANCELLED
            return
        self.status, started = Status.RUNNING, time.monotonic()
        ended = self._run(database)
        self.duration_ms = int((time.monotonic() - started) * 1000)
        self.status = ended  # last: who sees it ended finds all the rest

    def stop(self) -> bool:
        """False when it has ended already."""
        if self.status in ENDED:
            return False
        self._stop.set()
        return True

    def _run(self, database: Database) -> Status:
        try:
            with database.read() as connection:
                self.outcome = run_query(connection, self.plan, self._stop.is_set)
        except QueryStopped:
            return Status.CANCELLED
        except QueryTimedOut:
            return Status.TIMEOUT
        except (RegexTooSlow, TooLarge, sqlite3.Error) as error:
            _log.warning("query %s failed: %s", self.id, error)
            return Status.FAILED
        return Status.COMPLETE
