"""The process of a sandbox: started in a session of its own, ended with all that it started."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from local.errors import StartError
from local.lambda_runtime.function import Code, RuntimeClient

STDLIB_RUNTIME = Path(__file__).with_name("stdlib_runtime.py")


def check_code(code: Code) -> None:
    """Raises StartError where there is nothing to run."""
    if not code.interpreter.is_file():
        raise StartError(f"Code.interpreter: {code.interpreter} is no file; it must be a Python interpreter")
    if not code.task_root.is_dir():
        raise StartError(f"Code.task_root: {code.task_root} is no folder; it must hold the function's code")


def runtime_command(code: Code, handler: str) -> list[str]:
    if code.client is RuntimeClient.AWSLAMBDARIC:
        return [str(code.interpreter), "-m", "awslambdaric", handler]
    # -P: the folder of that script is no place to import from. -u: what a handler prints is written at once.
    return [str(code.interpreter), "-P", "-u", str(STDLIB_RUNTIME), handler]


async def spawn(
    command: Sequence[str], *, folder: Path, environment: dict[str, str], output: int
) -> asyncio.subprocess.Process:
    """Starts the command with both outputs on the descriptor `output`. Raises StartError where it can't be started."""
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    except OSError as error:
        raise StartError(
            f"a sandbox can't be started: {error}; it needs the interpreter {command[0]} and the folder {folder}"
        ) from error


def has_ended(pid: int) -> bool:
    """Whether a child of ours has ended, even if the loop has not heard of it. macOS can't say before Python 3.13."""
    if not hasattr(os, "waitid"):
        return False
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:  # the loop's watcher has collected it
        return True


def kill_group(pid: int) -> None:
    """SIGKILL to the process group that `pid` leads, if it still exists."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        os.killpg(pid, signal.SIGKILL)
