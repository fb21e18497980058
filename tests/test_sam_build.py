"""The real `sam build` over the real template, without a network or an account."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SAM = ROOT / ".venv-sam/bin/sam"
pytestmark = [pytest.mark.xdist_group("artifact"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """What `sam build` leaves in its folder, and what it shows to the person who types it."""
    folder = tmp_path_factory.mktemp("sam")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "AWS_"))}
    subprocess.run(["make", "install-sam"], check=True, cwd=ROOT, env=kept, capture_output=True)
    (folder / "tmp").mkdir()  # SAM leaves a folder there
    environment = kept | {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1", "TMPDIR": str(folder / "tmp")}
    result = subprocess.run(
        [SAM, "build", "--build-dir", str(folder / "build")],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return folder / "build", result.stderr


def test_builds_take_turns(request: pytest.FixtureRequest) -> None:
    """With several workers the tests that build are one group, which one worker runs: pytest-xdist names it so."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@artifact")


def test_build_holds_what_is_deployed_and_nothing_else(built: tuple[Path, str]) -> None:
    """samconfig.toml makes sam build in source: no .venv, no .git, no tests, one folder for each of the two.

    The nested stack's template lies beside them.
    """
    folder, _ = built
    parts = {"template.yaml", "ItemsFunction", "DependencyLayer", "Monitoring"}
    assert {path.name for path in folder.iterdir()} == parts
    assert {path.name for path in (folder / "Monitoring").iterdir()} == {"template.yaml"}
    assert {path.name for path in (folder / "ItemsFunction").iterdir()} == {"service", "observability"}
    assert {path.name for path in (folder / "DependencyLayer").iterdir()} == {"python"}
    assert (folder / "ItemsFunction/service/handler.py").is_file()
    assert not [path for path in folder.rglob("*") if path.name in (".venv", ".git", "tests", "Makefile")]


def test_built_template_points_at_the_build(built: tuple[Path, str]) -> None:
    """`sam deploy` uploads the built folders: the built template names them."""
    folder, _ = built

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda *_: None)
    resources = yaml.load((folder / "template.yaml").read_text(), Loader=Loader)["Resources"]  # noqa: S506 (a SafeLoader)
    assert resources["ItemsFunction"]["Properties"]["CodeUri"] == "ItemsFunction"
    assert resources["DependencyLayer"]["Properties"]["ContentUri"] == "DependencyLayer"
    assert resources["Monitoring"]["Properties"]["TemplateURL"] == "Monitoring/template.yaml"


def test_person_sees_what_was_built(built: tuple[Path, str]) -> None:
    """sam shows the size and the target of both parts, and warns of nothing but a missing interpreter."""
    _, said = built
    assert "function for Python 3.13 on arm64: " in said
    assert "layer for Python 3.13 on arm64: " in said
    assert [line for line in said.splitlines() if "WARNING" in line and "no Python 3.13 here" not in line] in (
        [],
        [line for line in said.splitlines() if "uv python install 3.13" in line],
    )
