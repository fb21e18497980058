"""The store: what is put stays, and for 30 days."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from local.database import Database
from local.xray import SCHEMA, Traces
from local.xray.datagrams import Rejected
from tests.local.xray.api import MODEL, NOW, Api
from tests.local.xray.scorekeep import FUNCTION, LAMBDA_SERVICE, SCOREKEEP, SENT, TRACE_ID

DAY = 24 * 3600
WRITER = """
import json, os, signal, sys
from pathlib import Path
from local.database import Database
from local.xray import SCHEMA, Traces
traces = Traces(Database(Path(sys.argv[1]), [SCHEMA]), lambda: 1.0)
for number in range(100):
    traces.put({"trace_id": f"1-00000001-{number:024x}", "id": "0" * 16, "name": "s", "start_time": 1, "end_time": 2})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_9_loses_nothing(tmp_path: Path) -> None:
    """Every document whose put() had returned is there after the process was killed."""
    path = tmp_path / "aws.sqlite3"
    assert subprocess.run([sys.executable, "-c", WRITER, str(path)], check=False, timeout=60).returncode == -9
    database = Database(path, [SCHEMA])
    traces = Traces(database, lambda: 1.0)
    answer = traces.operations()["BatchGetTraces"]
    assert answer.takes == {"TraceIds", "NextToken"}
    with database.read() as connection:
        assert connection.execute("SELECT count(*), sum(revision) FROM xray_traces").fetchone() == (100, 100)
    database.close()


def test_thirty_days(api: Api) -> None:
    """A trace is kept for 30 days after its last document came (AWS page "X-Ray concepts"), then it is gone whole."""
    api.traces.put(SCOREKEEP)
    api.clock.now += 20 * DAY
    api.traces.put({**FUNCTION, "trace_id": "1-59602603-000000000000000000000001"})
    api.clock.now += 10 * DAY
    assert api.traces.expire() == 0
    api.clock.now += 1
    assert api.traces.expire() == 1
    assert [one["Id"] for one in api.summaries()] == ["1-59602603-000000000000000000000001"]
    assert api("BatchGetTraces", TraceIds=[TRACE_ID])["UnprocessedTraceIds"] == [TRACE_ID]


def test_a_document_that_is_no_json(api: Api) -> None:
    """It is refused, and those that came with it are too: nothing of the transaction is left."""
    with pytest.raises(ValueError, match="Out of range float"):
        api.traces.put_many([SCOREKEEP, {**FUNCTION, "metadata": {"a": float("inf")}}])
    assert api.summaries() == []


def test_settle(api: Api) -> None:
    """It changes no answer; it only takes the work before the question."""
    api.traces.put_many(SENT)
    api.traces.settle()
    assert [one["Revision"] for one in api.summaries()] == [3]


def test_from_many_threads(api: Api) -> None:
    """Writers and readers at once: every document is counted, and each answer is of one moment."""
    each, writers = 40, 4
    partial: list[int] = []

    def write(writer: int) -> None:
        for number in range(each):
            trace_id = f"1-{int(NOW):08x}-{number:024x}"
            own = {"id": f"{writer:016x}", "name": f"w{writer}", "start_time": NOW, "end_time": NOW + 1}
            api.traces.put({**own, "trace_id": trace_id})

    def read() -> None:
        for _ in range(10):
            partial.extend(one["Revision"] for one in api.summaries())

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    summaries = api.summaries()
    assert len(summaries) == each
    assert {(one["Revision"], len(one["ServiceIds"])) for one in summaries} == {(writers, writers)}
    assert set(partial) <= {1, 2, 3, 4}


def test_documents_stay_whole(api: Api) -> None:
    """Metadata, unknown members, quotes, other alphabets and half a surrogate pair come back as they came."""
    odd = {**LAMBDA_SERVICE, "metadata": {"d": {"'; DROP TABLE xray_traces; --": ["ä", "\ud800", None, 1.5]}}, "x": {}}
    api.traces.put(odd)
    (trace,) = api("BatchGetTraces", TraceIds=[TRACE_ID])["Traces"]
    assert json.loads(trace["Segments"][0]["Document"]) == odd


def test_operations_are_botocores(api: Api) -> None:
    """Every operation and every parameter that is taken is one of botocore's model; Insights are not among them."""
    operations = api.traces.operations()
    for name, operation in operations.items():
        shape = MODEL.operation_model(name).input_shape
        assert operation.takes <= set(shape.members if shape else ())
    assert not [name for name in operations if "Insight" in name]


def test_encryption(api: Api) -> None:
    """AWS page "Configuring sampling, groups, and encryption settings": without a key of one's own the type is NONE."""
    assert api("GetEncryptionConfig") == {"EncryptionConfig": {"Status": "ACTIVE", "Type": "NONE"}}


def span(**members: Any) -> dict[str, Any]:
    times = {"startTimeUnixNano": str(int(NOW) * 10**9), "endTimeUnixNano": str(int(NOW + 1) * 10**9)}
    return {"traceId": f"{int(NOW):08x}{'0' * 24}", "spanId": "1" * 16, "name": "work", "kind": 2, **times, **members}


def otlp(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def test_spans(api: Api) -> None:
    """Sampled spans make a trace; what was not sampled makes none."""
    api.traces.put_otlp(otlp(span()), sampled=False)
    assert api.summaries() == []
    api.traces.put_otlp(otlp(span()), sampled=True)
    assert [one["EntryPoint"]["Name"] for one in api.summaries()] == ["work"]


def test_spans_that_are_none(api: Api) -> None:
    """Of several spans the good ones are kept and the others are rejected with their reason."""
    with pytest.raises(Rejected, match=r"otlp: 2 of 3 spans, the first for trace_id: '1--' is not"):
        api.traces.put_otlp(otlp(span(traceId=""), span(), span(endTimeUnixNano="0")), sampled=True)
    assert len(api.summaries()) == 1
