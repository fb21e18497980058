import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.lambda_runtime import RuntimeClient
from local.lambda_runtime.guardian import Guardian
from tests.local.lambda_runtime.conftest import AWSLAMBDARIC, control_groups_of, needs_cgroups
from tests.local.lambda_runtime.stage import until

# A stack in a process of its own, with one invocation that never ends and one idle sandbox.
STACK = """
import asyncio, sys
from pathlib import Path
from local.lambda_runtime import Limits, RuntimeClient
from tests.local.lambda_runtime.stage import Stage

LIMITS = Limits.detect("auto" if sys.argv[3] == "limits" else "off")
SOURCE = '''
import os, subprocess, time
from pathlib import Path
def handler(event, context):
    child = subprocess.Popen(["sleep", "600"], start_new_session=event["escape"])
    Path(f"pids-{os.getpid()}").write_text(f"{os.getpid()} {child.pid} .")
    if event["stay"]: time.sleep(600)
'''

async def main() -> None:
    stage = Stage(Path(sys.argv[1]), RuntimeClient(sys.argv[2]))
    escape = "true" if sys.argv[3] == "limits" else "false"
    async with stage.running(SOURCE, timeout_s=900.0, limits=LIMITS) as function:
        busy = asyncio.create_task(function.invoke(b'{"stay": true, "escape": %s}' % escape.encode()))
        await function.invoke(b'{"stay": false, "escape": %s}' % escape.encode())
        await busy

asyncio.run(main())
"""


@pytest.mark.parametrize("client", [AWSLAMBDARIC, RuntimeClient.STDLIB])
def test_a_stack_that_is_killed_leaves_no_process(tmp_path: Path, client: RuntimeClient) -> None:
    """kill -9 of the whole stack ends its sandboxes, idle and busy, and what they started."""
    _kill_a_stack(tmp_path, client, "no limits")


@needs_cgroups
@pytest.mark.parametrize("client", [AWSLAMBDARIC])
def test_a_stack_that_is_killed_leaves_no_control_group(tmp_path: Path, client: RuntimeClient) -> None:
    """With limits not even children in sessions of their own remain, nor the groups that held them."""
    stack = _kill_a_stack(tmp_path, client, "limits")
    assert asyncio.run(until(lambda: not control_groups_of(stack)))


def _kill_a_stack(folder: Path, client: RuntimeClient, limits: str) -> int:
    root = Path(__file__).parents[3]
    stack = subprocess.Popen(
        [sys.executable, "-c", STACK, str(folder), client, limits],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    pids: list[int] = []
    try:
        files = asyncio.run(until(lambda: _written(folder)))
        pids = [int(word) for file in files for word in file.read_text().split()[:2]]
        assert all(_runs(pid) for pid in pids)
        guardians = psutil.Process(stack.pid).children()
        stack.send_signal(signal.SIGKILL)
        stack.wait()
        assert asyncio.run(until(lambda: not any(_runs(pid) for pid in pids)))
        assert asyncio.run(until(lambda: not any(guardian.is_running() for guardian in guardians)))
    finally:
        stack.kill()
        stack.wait()
        for pid in pids:
            if _runs(pid):
                os.kill(pid, signal.SIGKILL)
    return stack.pid


def _written(folder: Path) -> list[Path]:
    files = [file for file in folder.glob("pids-*") if file.read_text().endswith(".")]
    return files if len(files) == 2 else []


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_stop_of_the_guardian_that_is_cancelled_is_done_again() -> None:
    """The process has ended when a stop() has, even if one before it was cancelled while it waited."""

    async def story() -> None:
        guardian = Guardian()
        guardian.start()
        stopping = asyncio.create_task(guardian.stop())
        await asyncio.sleep(0)
        stopping.cancel()
        await asyncio.wait([stopping])
        await guardian.stop()
        guardian.forget(1)  # too late, and no error
        assert psutil.Process().children() == []

    asyncio.run(story())
