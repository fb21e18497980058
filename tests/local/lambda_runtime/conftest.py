import importlib.util
from pathlib import Path

import pytest

from local.lambda_runtime import RuntimeClient
from tests.local.lambda_runtime.stage import Stage

HAS_AWSLAMBDARIC = importlib.util.find_spec("awslambdaric") is not None
AWSLAMBDARIC = pytest.param(
    RuntimeClient.AWSLAMBDARIC,
    id="awslambdaric",
    marks=pytest.mark.skipif(not HAS_AWSLAMBDARIC, reason="awslambdaric has no wheel for this system"),
)


@pytest.fixture(params=[AWSLAMBDARIC, pytest.param(RuntimeClient.STDLIB, id="stdlib")])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    """A stage for functions, with each of the two runtime clients."""
    task = tmp_path / "task"
    task.mkdir()
    return Stage(task, request.param)
