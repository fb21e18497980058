"""The AWS process as it is put together: what happens by its clocks."""

import time
from pathlib import Path

from local.aws.asking import StackCalls
from local.aws.channel import Channel
from local.aws.composition import SCHEMAS, compose
from local.aws.parts import Place
from local.database import Database

TEMPLATE = Path(__file__).resolve().parents[3] / "sam_template.yaml"


def test_traces_are_added_up_by_the_clock(tmp_path: Path) -> None:
    """Nobody asks for a service graph, and still what it is read from is made beforehand."""
    database = Database(tmp_path / "aws.sqlite3", SCHEMAS)
    stack = StackCalls(Channel(lambda _lines: None, lambda: None))
    parts = compose(Place(tmp_path, TEMPLATE, {}, 1), database, stack, lambda _line: None)
    now = time.time()
    document = {"trace_id": f"1-{int(now):08x}-{7:024x}", "id": "1" * 16, "name": "web"}
    parts.traces[0].put_many([{**document, "start_time": now, "end_time": now}])
    for _ in range(2):
        for tick in parts.each_second:
            tick(now)
        with database.write() as connection:  # as if they had been left alone since long ago
            made = connection.execute("SELECT sum IS NOT NULL FROM xray_sums").fetchall()
            connection.execute("UPDATE xray_sums SET touched = 0")
    assert made == [(1,), (1,)]
    database.close()
