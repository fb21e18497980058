"""CloudWatch's metrics over a file of their own."""

from collections.abc import Iterator
from pathlib import Path

import botocore.loaders
import pytest
from botocore.model import ServiceModel

from local.cloudwatch.metrics import SCHEMA, Metrics
from local.database import Database
from tests.local.cloudwatch.metrics.laptop import Clock, Laptop


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    database = Database(tmp_path / "laptop.db", [SCHEMA])
    model = ServiceModel(botocore.loaders.Loader().load_service_model("cloudwatch", "service-2"), "cloudwatch")
    clock = Clock()
    yield Laptop(Metrics(database, clock), model, clock)
    database.close()
