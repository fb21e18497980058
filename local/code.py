"""Which code is served, by which interpreter and runtime client."""

import importlib.metadata
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from local.errors import StartError
from local.lambda_runtime import Code, RuntimeClient
from local.settings import Settings
from local.template import Application

AWSLAMBDARIC = "awslambdaric"


@dataclass(frozen=True, slots=True)
class Served:
    """The code, and what the start-up lines say about it."""

    code: Code
    python: str
    client: str
    source: str


def find_code(settings: Settings, application: Application) -> Served:
    """The artifact when LOCAL_ARTIFACT names one, else the work tree with this very venv. Raises StartError."""
    if settings.artifact is not None:
        return _artifact(settings, settings.artifact.resolve())
    client, why = _client(settings, [*sys.path])
    code = Code(application.code_root, Path(sys.executable), layers=application.layers, client=client)
    return Served(code, platform.python_version(), why, f"the work tree {application.code_root}")


def _artifact(settings: Settings, artifact: Path) -> Served:
    function, layer, runtime = artifact / "function", artifact / "layer" / "python", artifact / "runtime"
    interpreter = runtime / "bin" / "python"
    for path in (function, layer, interpreter):
        if not path.exists():
            raise StartError(
                f"LOCAL_ARTIFACT={artifact}: it has no {path.relative_to(artifact)}; make artifact builds it"
            )
    client, why = _client(settings, [str(path) for path in runtime.glob("lib/python3*/site-packages")])
    return Served(Code(function, interpreter, (layer,), client=client), _venv_version(runtime), why, str(artifact))


def _client(settings: Settings, path: list[str]) -> tuple[RuntimeClient, str]:
    version = next((d.version for d in importlib.metadata.distributions(name=AWSLAMBDARIC, path=path)), None)
    if settings.runtime == "stdlib":
        return RuntimeClient.STDLIB, "the standard-library loop (LOCAL_RUNTIME=stdlib)"
    if version is not None:
        return RuntimeClient.AWSLAMBDARIC, f"{AWSLAMBDARIC} {version}"
    if settings.runtime == "auto" and sys.platform != "linux":
        return RuntimeClient.STDLIB, f"the standard-library loop ({AWSLAMBDARIC} has no wheel for {sys.platform})"
    raise StartError(
        f"{AWSLAMBDARIC} is not installed for {sys.executable}: pip install -r requirements-local.txt, "
        "or set LOCAL_RUNTIME=stdlib"
    )


def _venv_version(venv: Path) -> str:
    """The Python version that a venv's pyvenv.cfg tells."""
    for line in (venv / "pyvenv.cfg").read_text().splitlines():
        key, _, value = line.partition("=")
        if key.strip() in ("version", "version_info"):
            return ".".join(value.strip().split(".")[:3])
    return "unknown"
