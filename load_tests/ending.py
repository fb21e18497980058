"""What is told when a run is over: the slowest requests with their traces, and what AWS says of the cold starts."""

from __future__ import annotations

import csv
import logging
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from load_tests import slowest
from load_tests.aws import Aws
from load_tests.confirmation import Confirmation, confirm, sentences
from load_tests.errors import LoadTestError
from load_tests.parts import traced_parts
from load_tests.report_line import JSON_COLD, TEXT_COLD, read_report
from load_tests.tables import html_table, insert, section, text_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from locust.env import Environment

    from load_tests.aws import LogPlace
    from load_tests.records import Records
    from load_tests.report_line import Report

    Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]

PATIENCE_S = 30.0
"""Log events and traces arrive after the answer: on AWS within seconds, most of the time."""
PAUSE_S = 0.5
SLACK_S = 60.0
"""Clocks differ: so much earlier and later is looked, too."""
TITLE = "The slowest requests, and the traces that tell why"
PARTS = ("part", "start", "requests", "median ms", "longest ms")

_console = logging.getLogger("locust.stats_logger")  # Locust's own for tables: no time, no level


class Ending:
    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._options: Any = environment.parsed_options
        self._said: list[str] = []
        self._parts: dict[tuple[str, str], list[float]] = {}

    def confirm(self, records: Records) -> None:
        """Asks AWS, if the function is named, and says what it found. What can't be asked is said too."""
        self._parts = {}
        if not self._options.function:
            self._said = ["cold starts are as the answers say; --function NAME has them confirmed by REPORT lines"]
        elif not records.trace_ids:
            self._said = ["no answer named a trace, so none can be looked up"]
        else:
            self._ask_or_say_why_not(records)

    def tell(self, records: Records) -> None:
        """To the terminal, and beside Locust's own CSV and HTML files where those are asked for."""
        tables = self._tables(records)
        for line in [line for table in tables for line in text_table(*table)] + self._said:
            _console.info(line)
        if self._options.csv_prefix:
            for name, (_, columns, rows) in zip(("slowest", "traced"), tables, strict=False):
                with Path(f"{self._options.csv_prefix}_{name}.csv").open("w", newline="", encoding="utf-8") as file:
                    csv.writer(file).writerows([columns, *rows])
        page = Path(self._options.html_file) if self._options.html_file else None
        if page is not None and page.exists():
            page.write_text(insert(page.read_text(encoding="utf-8"), self._section(records)), encoding="utf-8")

    def serve(self, web_ui: Any, records: Callable[[], Records]) -> None:
        """The same as a page of Locust's own, at /slowest."""
        web_ui.app.add_url_rule("/slowest", "slowest", lambda: self._section(records()))

    def _section(self, records: Records) -> str:
        said = [html_table("Cold starts", ("what was found",), [(sentence,) for sentence in self._said])]
        return section([html_table(*table) for table in self._tables(records)] + said)

    def _tables(self, records: Records) -> list[Table]:
        tables: list[Table] = [(TITLE, slowest.COLUMNS, slowest.rows(records.slowest.all()))]
        if self._parts:
            tables.append(("Where the time went, by a sample of traces", PARTS, list(self._part_rows())))
        return tables

    def _part_rows(self) -> Iterator[tuple[str, ...]]:
        for (part, start), values in sorted(self._parts.items()):
            yield part, start, str(len(values)), f"{median(values):.1f}", f"{max(values):.1f}"

    def _ask_or_say_why_not(self, records: Records) -> None:
        """Who names the function wants it confirmed: without that Locust's exit code is that of a failed run."""
        try:
            agreed = self._ask(records, Aws(self._options.aws_endpoint))
        except LoadTestError as error:
            self._said, agreed = [f"not confirmed: {error}"], False
        if not agreed:
            self._environment.process_exit_code = self._environment.process_exit_code or 1

    def _ask(self, records: Records, aws: Aws) -> bool:
        place = aws.log_place(self._options.function)
        deadline = time.monotonic() + PATIENCE_S
        found = _compared(aws, place, records)
        while not found.agrees and time.monotonic() < deadline:
            time.sleep(PAUSE_S)
            found = _compared(aws, place, records)
        self._said = sentences(found, records.unsampled_cold)
        self._look_into(records, aws)
        return found.agrees

    def _look_into(self, records: Records, aws: Aws) -> None:
        sample = {made.trace_id or "": made for made in records.sample()}
        for trace_id, documents in aws.traces(list(sample)):
            made = sample[trace_id]
            for part, ms in traced_parts(made, documents).items():
                start = "cold" if made.cold else "warm"
                self._parts.setdefault((part, start), []).append(ms)
                entry: Any = self._environment.stats.get(f"part: {part} (traced)", start)
                entry.log(ms, 0)


def _compared(aws: Aws, place: LogPlace, records: Records) -> Confirmation:
    return confirm(records.cold, records.trace_ids, _cold_reports(aws, place, records.first_at or time.time()))


def _cold_reports(aws: Aws, place: LogPlace, since: float) -> list[Report]:
    pattern = JSON_COLD if place.log_format == "JSON" else TEXT_COLD
    first, last = (datetime.fromtimestamp(at, UTC) for at in (since - SLACK_S, time.time() + SLACK_S))
    reports = (read_report(message) for message in aws.messages(place.group, pattern, first, last))
    return [report for report in reports if report is not None]
