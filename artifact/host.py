"""The same artifact built for this machine, laid out for `python -m local` (LOCAL_ARTIFACT)."""

import subprocess
from pathlib import Path

from artifact.bytecode import compile_tree
from artifact.function import copy_function
from artifact.layer import install_layer, run_uv
from artifact.tidy import measure, settle


def build_host(root: Path, into: Path, python: Path) -> list[str]:
    """Builds `into`/function, /layer/python and /runtime for the interpreter `python`; says what it built.

    runtime/ is a virtual environment that holds the runtime client and nothing else, as Lambda's own image does.
    Where the client has no wheel (macOS) it stays empty. Tracebacks name the files where they are.
    """
    function, layer, runtime = (into.absolute() / name for name in ("function", "layer", "runtime"))
    copy_function(root, function)
    install_layer(root / "requirements.txt", layer, python)
    for part in (function, layer):
        compile_tree(part, str(python), str(part))
        settle(part)
    _make_runtime(root / "requirements-runtime.txt", runtime, python)
    return [f"{part.relative_to(into.absolute())}: {measure(part)}" for part in (function, layer)]


def _make_runtime(requirements: Path, runtime: Path, python: Path) -> None:
    base = subprocess.run(
        [python, "-I", "-c", "import sys; print(sys._base_executable)"], check=True, capture_output=True, text=True
    )
    run_uv(["venv", "--quiet", "--clear", "--no-project", "--python", base.stdout.strip(), str(runtime)])
    into = ["--python", str(runtime / "bin" / "python"), "--compile-bytecode", "--link-mode", "copy"]
    run_uv(["pip", "install", "--quiet", "--require-hashes", *into, "--requirement", str(requirements)])
