from collections.abc import Iterator
from pathlib import Path

import pytest

from local.database import Database
from local.xray import SCHEMA, Traces
from tests.local.xray.api import Api, Clock


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """X-Ray with an empty store, at the time of the developer guide's traces."""
    database = Database(tmp_path / "aws.sqlite3", [SCHEMA])
    clock = Clock()
    yield Api(Traces(database, clock), database, clock)
    database.close()
