"""The artifact, built by the Makefile's own targets as `sam build` calls them, into a folder of the test's."""

import marshal
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import CodeType

import pytest

from artifact import Architecture, ArtifactError, Target, copy_function, find_interpreter
from artifact.errors import ForeignError, SizeError, TargetError
from artifact.layer import check_binaries
from artifact.tidy import measure

ROOT = Path(__file__).resolve().parent.parent
# The first two bytes of a .pyc (CPython, Lib/importlib/_bootstrap_external.py: 3571 is 3.13's), then \r\n, then the
# flags: 1 is hash-based and not checked (PEP 552).
MAGIC_313 = (3571).to_bytes(2, "little") + b"\r\n" + (1).to_bytes(4, "little")
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
# One worker builds: the fixtures are made once, and two builds at a time help nobody.
pytestmark = [pytest.mark.xdist_group("artifact"), pytest.mark.timeout(600)]


def make(target: str, into: Path | str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "TARGET_"))
    }
    return subprocess.run(
        ["make", target, f"ARTIFACTS_DIR={into}"],
        check=False,
        cwd=ROOT,
        env=inherited | variables,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("layer")
    result = make("build-DependencyLayer", into)
    assert result.returncode == 0, result.stderr
    return into


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("function")
    result = make("build-ItemsFunction", into)
    assert result.returncode == 0, result.stderr
    return into


@pytest.fixture(scope="module")
def runnable(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Function and layer for this very Python and machine, by way of the same targets."""
    machine = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[os.uname().machine]
    here = {"TARGET_PYTHON": THIS_PYTHON, "TARGET_ARCH": machine, "TARGET_INTERPRETER": sys.executable}
    into = tmp_path_factory.mktemp("runnable")
    for target, folder in (("build-ItemsFunction", "function"), ("build-DependencyLayer", "layer")):
        result = make(target, into / folder, **here)
        assert result.returncode == 0, result.stderr
    return into / "function", into / "layer"


def test_function_is_the_two_rooms(function: Path) -> None:
    """Only service/ and observability/ are in the function's folder; of caches only bytecode that was made for it."""
    assert {path.name for path in function.iterdir()} == {"service", "observability"}
    assert (function / "service/handler.py").read_bytes() == (ROOT / "service/handler.py").read_bytes()
    kinds = {path.suffix for path in function.rglob("*") if path.is_file()}
    assert kinds <= {".py", ".pyc", ".typed"}


def test_what_the_host_left_is_not_copied(tmp_path: Path) -> None:
    """Caches of the host's Python, tests, editors' and hidden files stay behind."""
    for name in ("a.py", "__pycache__/a.cpython-311.pyc", "tests/test_a.py", ".secret", "a.py~", "a.pyc", "data.json"):
        path = tmp_path / "root/service" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "root/observability").mkdir()
    copy_function(tmp_path / "root", tmp_path / "into")
    copied = {path.relative_to(tmp_path / "into").as_posix() for path in (tmp_path / "into").rglob("*")}
    assert copied == {"service", "observability", "service/a.py", "service/data.json"}


def test_layer_is_for_the_target_whatever_the_host(layer: Path) -> None:
    """Every compiled library is arm64's, and CPython 3.13's or of the stable ABI."""
    libraries = list(layer.rglob("*.so"))
    assert {library.name.split(".", 1)[1] for library in libraries} == {
        "cpython-313-aarch64-linux-gnu.so",
        "abi3.so",
    }
    # ELF header: e_machine at byte 18; 0xB7 is AArch64.
    assert {library.read_bytes()[18:20] for library in libraries} == {b"\xb7\x00"}


def test_layer_is_laid_out_as_lambda_wants_it(layer: Path) -> None:
    """One folder, python/, with packages in it and no console scripts; at most 250 MB with what is beside it."""
    assert [path.name for path in layer.iterdir()] == ["python"]
    names = {path.name for path in (layer / "python").iterdir()}
    assert {"fastapi", "mangum", "boto3", "botocore", "pydantic_core", "aws_lambda_powertools", "jwt"} <= names
    assert not {"bin", "tests", "pip", "setuptools", "pytest", "uvicorn", "awslambdaric"} & names
    assert (layer / "python/botocore/data/dynamodb").is_dir()
    assert list((layer / "python").glob("opentelemetry_api-*.dist-info/entry_points.txt"))
    assert not list(layer.rglob("RECORD"))
    assert sum(path.stat().st_size for path in layer.rglob("*") if path.is_file()) < 250 * 1024 * 1024


def test_bytecode_is_the_targets(layer: Path, function: Path) -> None:
    """Every module has 3.13's bytecode, never checked against its source; tracebacks name the place in Lambda."""
    if find_interpreter("3.13", os.environ) is None:
        pytest.skip("no Python 3.13 on this machine: the artifact ships without bytecode, and says so")
    for root, place in ((layer / "python", "/opt/python"), (function, "/var/task")):
        sources = list(root.rglob("*.py"))
        assert sources
        for source in sources:
            compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
            assert compiled.read_bytes()[:8] == MAGIC_313, source
        assert len(list(root.rglob("*.pyc"))) == len(sources)
        assert f"{place}/".encode() in next(root.rglob("*.pyc")).read_bytes()


def test_same_inputs_same_bytes(layer: Path, tmp_path: Path) -> None:
    """A second build differs in no byte, time or mode, so nothing is uploaded that did not change."""
    assert make("build-DependencyLayer", tmp_path).returncode == 0
    assert fingerprints(layer) == fingerprints(tmp_path)


def fingerprints(root: Path) -> Mapping[str, tuple[object, ...]]:
    return {
        path.relative_to(root).as_posix(): (
            path.stat().st_mode,
            path.stat().st_mtime,
            path.read_bytes() if path.is_file() else None,
        )
        for path in root.rglob("*")
    }


def test_artifact_runs_from_its_bytecode(runnable: tuple[Path, Path], tmp_path: Path) -> None:
    """The handler answers with nothing but the artifact on the path, and not one of its modules is compiled for it."""
    function, layer = runnable
    script = (
        "import sys, json; sys.path[:0] = sys.argv[1:3]; import importlib.machinery as m\n"
        "compiled = []; real = m.SourceFileLoader.source_to_code\n"
        "m.SourceFileLoader.source_to_code = lambda *a, **k: (compiled.append(a[2]), real(*a, **k))[1]\n"
        "import service.handler, boto3, jwt.algorithms, cryptography.hazmat.bindings._rust, aws_lambda_powertools\n"
        "print(json.dumps([compiled, service.handler.__file__]))\n"
    )
    environment = {"PATH": "/usr/bin:/bin", "ITEMS_DATABASE": str(tmp_path / "items"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-S", "-P", "-c", script, str(function), str(layer / "python")]
    result = subprocess.run(command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f'[[], "{function}/service/handler.py"]\n'


def test_code_says_where_it_is_in_lambda(runnable: tuple[Path, Path]) -> None:
    """A traceback from Lambda reads /var/task/service/app.py, not a folder of the machine that built it."""
    [compiled] = (runnable[0] / "service/__pycache__").glob("app.*.pyc")
    code = marshal.loads(compiled.read_bytes()[16:])  # noqa: S302 (made a moment ago)
    assert isinstance(code, CodeType)
    assert code.co_filename == "/var/task/service/app.py"


def test_missing_interpreter_is_a_warning_with_its_cost(tmp_path: Path) -> None:
    """Without the target's Python the build goes on, and says on stdout, which sam shows, what that costs."""
    result = make("build-ItemsFunction", tmp_path, TARGET_PYTHON="3.19")
    assert result.returncode == 0, result.stderr
    assert "WARNING: no Python 3.19 here" in result.stdout
    assert "3.7 times as long" in result.stdout
    assert "uv python install 3.19" in result.stdout
    assert not list(tmp_path.rglob("*.pyc"))


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TARGET_PYTHON": "2.7"}, "TARGET_PYTHON='2.7'"),
        ({"TARGET_ARCH": "riscv"}, "TARGET_ARCH='riscv': it is arm64 or x86_64"),
        ({"TARGET_INTERPRETER": "/bin/false"}, "TARGET_INTERPRETER=/bin/false is no Python 3.13 that runs here"),
    ],
)
def test_wrong_target_is_refused(tmp_path: Path, variables: Mapping[str, str], said: str) -> None:
    """A target that Lambda doesn't have stops the build, by name."""
    result = make("build-ItemsFunction", tmp_path, **variables)
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("into", ["", "."])
def test_work_tree_is_never_built_over(into: str) -> None:
    """A forgotten ARTIFACTS_DIR, or one that holds something else, removes nothing."""
    result = make("build-ItemsFunction", into)
    assert result.returncode == 2
    assert "ARTIFACTS_DIR is empty" in result.stderr or "build into a folder that is new" in result.stderr
    assert (ROOT / "Makefile").exists()


def test_interpreter_is_found_behind_a_shim(tmp_path: Path) -> None:
    """A shim that fails in front on PATH hides neither the next one nor pyenv's own folder."""
    shim, there, name = tmp_path / "shims", tmp_path / "pyenv/versions/3.19.1/bin", "python3.19"
    shim.mkdir()
    (shim / name).write_text("#!/bin/sh\nexit 127\n")
    (shim / name).chmod(0o755)
    there.mkdir(parents=True)
    (there / name).write_text("#!/bin/sh\necho cpython 3.19\n")
    (there / name).chmod(0o755)
    environ = {"PATH": str(shim), "HOME": str(tmp_path), "PYENV_ROOT": str(tmp_path / "pyenv")}
    assert find_interpreter("3.19", environ) == str(there / name)
    assert find_interpreter("3.18", environ) is None


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target("3.13", Architecture.X86_64), "is for aarch64; the target is Python 3.13 on x86_64"),
        (
            Target("3.12", Architecture.ARM64),
            "cpython-313-aarch64-linux-gnu.so is for aarch64; the target is Python 3.12",
        ),
    ],
)
def test_foreign_library_is_refused(layer: Path, target: Target, said: str) -> None:
    """A layer never holds a library of another machine or Python, whatever an index serves."""
    with pytest.raises(ForeignError, match=said):
        check_binaries(layer / "python", target)


def test_too_large_is_refused(tmp_path: Path) -> None:
    """More than Lambda's 250 MB, unzipped, is an error here and not at deployment."""
    with (tmp_path / "large").open("wb") as file:
        file.truncate(262_144_001)
    with pytest.raises(SizeError, match=r"250\.0 MB in 1 files; Lambda takes 250 MB"):
        measure(tmp_path)


def test_target_is_the_templates(tmp_path: Path) -> None:
    """Runtime and architecture are read from the template, a parameter's default included; TARGET_* override them."""
    template = tmp_path / "template.yaml"
    template.write_text(
        "Parameters: {Chip: {Default: arm64}}\n"
        "Resources: {F: {Type: 'AWS::Serverless::Function',"
        " Properties: {Runtime: python3.12, Architectures: [!Ref Chip], Role: !GetAtt R.Arn}}}\n"
    )
    assert Target.read(template, {}) == Target("3.12", Architecture.ARM64)
    assert Target.read(template, {"TARGET_ARCH": "x86_64", "TARGET_PYTHON": "3.13"}).platform == "x86_64-manylinux_2_28"
    with pytest.raises(TargetError, match="TARGET_ARCH='mips'"):
        Target.read(template, {"TARGET_ARCH": "mips"})
    assert issubclass(TargetError, ArtifactError)
