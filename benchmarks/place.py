"""Where a variant runs: its folder of code, one for what it writes, and who listens to its telemetry."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.code_tree import ROOT
from benchmarks.variants import Variant

PATIENCE_S = 60.0
"""For anything a process should do; longer is a failure of the run."""


class Receiver:
    """The process that takes telemetry; ends with the `with` that opened it."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.receiver"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is ours to handle, in order
        )
        assert self._process.stdout is not None  # noqa: S101 (asked for above)
        udp, http = self._process.stdout.readline().split()
        self.daemon, self.collector = f"127.0.0.1:{udp}", f"http://127.0.0.1:{http}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.communicate("", timeout=PATIENCE_S)


@dataclass(frozen=True)
class Place:
    tree: Path
    scratch: Path
    receiver: Receiver

    @property
    def task(self) -> Path:
        return self.tree / "task"

    @property
    def output(self) -> Path:
        """What its processes print."""
        return self.scratch / "output.txt"

    def environment(self, variant: Variant) -> dict[str, str]:
        """Lambda's own variables, as far as the variants read them, and the variant's."""
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": f"{self.task}{os.pathsep}{self.tree / 'runtime'}",
            "PYTHONDONTWRITEBYTECODE": "1",  # /var/task can't be written
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
            "AWS_REGION": "us-east-1",
            # Made up. Without any, boto3 would look for a machine's own in the network.
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_SESSION_TOKEN": "bench",
            "AWS_XRAY_DAEMON_ADDRESS": self.receiver.daemon,
            "LAMBDA_TASK_ROOT": str(self.task),
            "_HANDLER": variant.handler,
            "ITEMS_DATABASE": str(self.scratch / "items.sqlite3"),
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.receiver.collector,
            **variant.variables,
        }
