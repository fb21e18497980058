"""PURE: what a function is configured to be, and where its code lies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal


class RuntimeClient(StrEnum):
    """Which loop asks the Runtime API for work inside a sandbox.

    AWSLAMBDARIC: AWS's own runtime client (Linux).
    STDLIB: our small loop on the standard library, where awslambdaric has no wheel (macOS).
    """

    AWSLAMBDARIC = "awslambdaric"
    STDLIB = "stdlib"


@dataclass(frozen=True, slots=True)
class FunctionConfig:
    """A Lambda function's configuration, as sam_template.yaml gives it. Memory in MB, timeout in seconds."""

    name: str
    handler: str
    runtime: str = "python3.13"
    memory_mb: int = 128
    timeout_s: float = 3.0
    environment: Mapping[str, str] = field(default_factory=dict)
    region: str = "us-east-1"
    account_id: str = "123456789012"
    version: str = "$LATEST"
    log_group: str = ""
    log_format: Literal["Text", "JSON"] = "Text"
    tracing: bool = True
    reserved_concurrency: int | None = None
    provisioned_concurrency: int = 0

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"


@dataclass(frozen=True, slots=True)
class Code:
    """Where a function's code lies and what runs it.

    `task_root` stands for /var/task (LAMBDA_TASK_ROOT, the working directory, first on sys.path);
    `layers` stand for /opt/python; `runtime_path` stands for /var/runtime (it holds awslambdaric) and may be
    empty where `interpreter` (a venv's python) already sees it.
    """

    task_root: Path
    interpreter: Path
    layers: tuple[Path, ...] = ()
    runtime_path: tuple[Path, ...] = ()
    client: RuntimeClient = RuntimeClient.AWSLAMBDARIC
