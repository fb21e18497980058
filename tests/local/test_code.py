"""Which code, interpreter and runtime client are served."""

import sys
from pathlib import Path

import pytest

import local.code
from local.code import find_code
from local.errors import StartError
from local.lambda_runtime import RuntimeClient
from local.settings import Settings
from local.template import Application, read_application

TEMPLATE = """
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.13
      Events: {E: {Type: Api, Properties: {Path: /, Method: GET}}}
"""


@pytest.fixture
def application(tmp_path: Path) -> Application:
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    return read_application(tmp_path / "t.yaml", {}, {})


def test_the_work_tree(application: Application, tmp_path: Path) -> None:
    """Without an artifact: the template's CodeUri, with the very interpreter that runs local."""
    served = find_code(Settings.from_env({"LOCAL_RUNTIME": "stdlib"}), application)
    assert (served.code.task_root, served.code.interpreter) == (tmp_path, Path(sys.executable))
    assert served.code.client is RuntimeClient.STDLIB
    assert served.client == "the standard-library loop (LOCAL_RUNTIME=stdlib)"


def no_runtime_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where awslambdaric is not installed: nothing on the path has this name."""
    monkeypatch.setattr(local.code, "AWSLAMBDARIC", "awslambdaric-that-is-not-there")


def test_no_runtime_client_on_linux(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where awslambdaric has a wheel, its absence is an error that says how to install it or do without."""
    no_runtime_client(monkeypatch)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(StartError) as error:
        find_code(Settings.from_env({}), application)
    assert str(error.value) == (
        f"awslambdaric-that-is-not-there is not installed for {sys.executable}: "
        "pip install -r requirements-local.txt, or set LOCAL_RUNTIME=stdlib"
    )


def test_no_runtime_client_on_macos(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no wheel the standard-library loop takes its place and says so; unless the user insists."""
    no_runtime_client(monkeypatch)
    monkeypatch.setattr(sys, "platform", "darwin")
    served = find_code(Settings.from_env({}), application)
    assert served.code.client is RuntimeClient.STDLIB
    assert served.client == "the standard-library loop (awslambdaric-that-is-not-there has no wheel for darwin)"
    with pytest.raises(StartError):
        find_code(Settings.from_env({"LOCAL_RUNTIME": "awslambdaric"}), application)


def test_an_unsupported_python_is_refused() -> None:
    """`python -m local` names the running version and the supported ones before it imports anything newer."""
    from local.__main__ import main  # noqa: PLC0415 - the module under test, a command

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
        patch.delitem(sys.modules, "local.commands", raising=False)
        assert main(["status"]) == 1
        assert "local.commands" not in sys.modules
