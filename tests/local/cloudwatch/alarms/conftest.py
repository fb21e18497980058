"""A stage for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.cloudwatch.alarms.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    opened = Stage(tmp_path / "aws.sqlite3")
    yield opened
    opened.close()
