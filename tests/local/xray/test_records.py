"""How traces are found: by indexes, in any order of arrival."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.database import Database
from local.xray import SCHEMA, Traces
from local.xray.records import Records, Search, TimeRange
from tests.local.xray.api import NOW, Api, Clock
from tests.local.xray.scorekeep import FUNCTION, LAMBDA_SERVICE, SCOREKEEP, TRACE_ID


class Watched(Database):
    """Remembers the statements that readers run, with their values."""

    statements: list[str]

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with super().read() as connection:
            connection.set_trace_callback(self.statements.append)
            yield connection
            connection.set_trace_callback(None)


FRAME = (NOW, NOW + 300)
READS: dict[str, Callable[[Records], Iterable[Any]]] = {
    **{kind.name: lambda records, kind=kind: records.find(Search(kind, *FRAME)) for kind in TimeRange},  # type: ignore[misc]
    "started": lambda records: records.started(*FRAME),
    "at_work": lambda records: records.at_work(*FRAME),
}


@pytest.mark.parametrize("name", READS)
def test_by_an_index(tmp_path: Path, name: str) -> None:
    """No question reads every trace, every document or every sum, whatever time it asks for: SQLite searches by an
    index.
    """
    database = Watched(tmp_path / "aws.sqlite3", [SCHEMA])
    database.statements = []
    assert list(READS[name](Records(database, Clock()))) == []
    selects = [text for text in database.statements if text.lstrip().startswith("SELECT")]
    assert len(selects) >= 2
    with database.write() as connection:
        plans = [row[3] for text in selects for row in connection.execute(f"EXPLAIN QUERY PLAN {text}")]
    database.close()
    scans = [step for step in plans if step.startswith(("SCAN xray_", "SCAN own", "SCAN traces"))]
    assert [step for step in scans if "INDEX xray_unsettled" not in step] == []
    assert any(step.startswith("SEARCH") and "USING" in step for step in plans)


def pieces() -> list[dict[str, Any]]:
    """The Scorekeep trace in the most documents that can be sent: every subsegment by itself, segments begun first."""
    found: list[dict[str, Any]] = []
    for segment in (SCOREKEEP, LAMBDA_SERVICE, FUNCTION):
        alone = {name: value for name, value in segment.items() if name != "subsegments"}
        found += [alone, {name: value for name, value in alone.items() if name != "end_time"} | {"in_progress": True}]
        found += apart(segment)
    return found


def apart(entity: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for child in entity.get("subsegments", ()):
        alone = {name: value for name, value in child.items() if name != "subsegments"}
        found.append({**alone, "type": "subsegment", "trace_id": TRACE_ID, "parent_id": entity["id"]})
        found += apart(child)
    return found


def given_back(api: Api) -> tuple[Any, ...]:
    (summary,) = api.summaries()
    (trace,) = api("BatchGetTraces", TraceIds=[TRACE_ID])["Traces"]
    documents = {part["Id"]: json.loads(part["Document"]) for part in trace["Segments"]}
    shown = {name: value for name, value in summary.items() if name not in ("Revision", "Annotations")}
    # The subsegments of one parent come in the order in which they arrived.
    return shown, {name: ordered(document) for name, document in documents.items()}


def ordered(document: dict[str, Any]) -> dict[str, Any]:
    children = sorted((ordered(child) for child in document.get("subsegments", ())), key=lambda child: str(child["id"]))
    return {**document, "subsegments": children} if children else document


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.permutations(pieces()), st.integers(1, 13))
def test_any_order_of_arrival(tmp_path_factory: pytest.TempPathFactory, documents: list[Any], size: int) -> None:
    """However late and in whatever order the documents come, and whoever asks in between, the trace is the same."""
    answers = []
    for order, step in ((pieces(), 13), (documents, size)):
        database = Database(tmp_path_factory.mktemp("xray") / "aws.sqlite3", [SCHEMA])
        api = Api(Traces(database, Clock()), database, Clock())
        for start in range(0, len(order), step):
            api.traces.put_many(order[start : start + step])
            api.summaries()
        answers.append(given_back(api))
        database.close()
    assert answers[0] == answers[1]
    assert answers[0][0]["ResponseTime"] == 3.232
