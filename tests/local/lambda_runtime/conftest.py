import importlib.util
import os
from pathlib import Path

import pytest

from local.lambda_runtime import Limits, RuntimeClient
from tests.local.lambda_runtime.stage import Stage

HAS_AWSLAMBDARIC = importlib.util.find_spec("awslambdaric") is not None
AWSLAMBDARIC = pytest.param(
    RuntimeClient.AWSLAMBDARIC,
    id="awslambdaric",
    marks=pytest.mark.skipif(not HAS_AWSLAMBDARIC, reason="awslambdaric has no wheel for this system"),
)
LIMITS = Limits.detect()
needs_cgroups = pytest.mark.skipif(
    not LIMITS.description.startswith("cgroup"), reason=f"no control groups can be made here: {LIMITS.description}"
)


def control_groups_of(pid: int) -> list[str]:
    """The control groups that exist for the sandboxes of a process; others may come and go meanwhile."""
    found = (name for _, folders, _ in os.walk("/sys/fs/cgroup") for name in folders)
    return [name for name in found if name.startswith(f"glasshouse-{pid}-")]


@pytest.fixture(params=[AWSLAMBDARIC, pytest.param(RuntimeClient.STDLIB, id="stdlib")])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    """A stage for functions, with each of the two runtime clients."""
    task = tmp_path / "task"
    task.mkdir()
    return Stage(task, request.param)
