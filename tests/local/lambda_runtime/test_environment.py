import json
import os
import re
from pathlib import Path

import pytest

from local.errors import TemplateError
from tests.local.lambda_runtime.stage import Stage

SEE_ALL = "import os\ndef handler(event, context): return dict(os.environ)"

# "Defined runtime environment variables" of the AWS page "Using Lambda environment variables", those of Python and
# X-Ray included; AWS_SAM_LOCAL is SAM's. The runtime client sets _X_AMZN_TRACE_ID, the interpreter LC_CTYPE.
LAMBDAS = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SAM_LOCAL",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "_AWS_XRAY_DAEMON_ADDRESS",
    "_AWS_XRAY_DAEMON_PORT",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "LANG",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONPATH",
    "TZ",
}


def test_the_environment_is_lambdas_and_nothing_else(stage: Stage) -> None:
    """A sandbox sees the names that Lambda defines, and none of the person's own."""
    seen = stage.answer(SEE_ALL, daemon_address="127.0.0.1:2000")
    assert set(seen) - {"LC_CTYPE"} == LAMBDAS


def test_the_environment_tells_about_the_function(stage: Stage) -> None:
    """Each variable has the value that Lambda would give it."""
    seen = stage.answer(
        SEE_ALL, memory_mb=512, region="eu-north-1", log_group="/items", daemon_address="127.0.0.1:2999"
    )
    expected = {
        "_HANDLER": "app.handler",
        "AWS_REGION": "eu-north-1",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "AWS_LAMBDA_FUNCTION_NAME": "items",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/items",
        "LAMBDA_TASK_ROOT": str(stage.folder),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2999",
        "_AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1",
        "_AWS_XRAY_DAEMON_PORT": "2999",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_SAM_LOCAL": "true",
    }
    assert {name: seen[name] for name in expected} == expected
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", seen["AWS_LAMBDA_LOG_STREAM_NAME"])
    assert re.fullmatch(r"127\.0\.0\.1:\d+", seen["AWS_LAMBDA_RUNTIME_API"])


def test_the_json_log_format_is_told_to_the_runtime(stage: Stage) -> None:
    """AWS_LAMBDA_LOG_FORMAT and the level appear with the JSON log format only."""
    seen = stage.answer(SEE_ALL, log_format="JSON")
    assert seen["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
    assert seen["AWS_LAMBDA_LOG_LEVEL"] == "INFO"


def test_the_functions_own_variables_are_set(stage: Stage) -> None:
    """What the template gives is there; what Lambda allows to be changed is changed."""
    seen = stage.answer(SEE_ALL, environment={"TABLE": "items", "TZ": "Europe/Warsaw", "LANG": "C.UTF-8"})
    assert (seen["TABLE"], seen["TZ"], seen["LANG"]) == ("items", "Europe/Warsaw", "C.UTF-8")


def test_a_python_path_of_ones_own_comes_before(stage: Stage) -> None:
    """PYTHONPATH is extended: what the function needs stays on it."""
    parts = stage.answer(SEE_ALL, environment={"PYTHONPATH": "/opt/mine"})["PYTHONPATH"].split(os.pathsep)
    assert parts[:2] == ["/opt/mine", str(stage.folder)]


def test_it_works_in_the_task_root_with_nothing_to_read(stage: Stage) -> None:
    """The working directory is LAMBDA_TASK_ROOT and standard input is empty."""
    source = "import os, sys\ndef handler(event, context): return [os.getcwd(), sys.stdin.read()]"
    assert stage.answer(source) == [str(stage.folder), ""]


def test_layers_come_after_the_functions_own_code(stage: Stage, tmp_path: Path) -> None:
    """A module of a layer (/opt/python) is found; one of the same name in the task root wins."""
    layer = tmp_path / "layer" / "python"
    layer.mkdir(parents=True)
    (layer / "only_in_layer.py").write_text("WHERE = 'layer'")
    (layer / "in_both.py").write_text("WHERE = 'layer'")
    (stage.folder / "in_both.py").write_text("WHERE = 'task'")
    stage.code = type(stage.code)(stage.folder, stage.code.interpreter, layers=(layer,), client=stage.code.client)
    source = """
import in_both, only_in_layer
def handler(event, context): return [in_both.WHERE, only_in_layer.WHERE]
"""
    assert stage.answer(source) == ["task", "layer"]


def test_reserved_variables_are_refused_by_name(stage: Stage) -> None:
    """Lambda sets these itself: "Reserved environment variables" of the same AWS page."""
    with pytest.raises(TemplateError, match=r"AWS_LAMBDA_FUNCTION_NAME, _HANDLER: reserved by Lambda"):
        stage.function(environment={"_HANDLER": "x", "AWS_LAMBDA_FUNCTION_NAME": "y", "MINE": "z"})


@pytest.mark.parametrize("name", ["1A", "a", "A-B", "_A", "A B", ""])
def test_names_that_lambda_cannot_set_are_refused(stage: Stage, name: str) -> None:
    """Names are [a-zA-Z]([a-zA-Z0-9_])+, in Lambda's API reference."""
    with pytest.raises(TemplateError, match="starts with a letter"):
        stage.function(environment={name: "1"})


def test_more_than_4_kb_of_variables_is_refused(stage: Stage) -> None:
    """4 KB for all variables together, names included (AWS page "Lambda quotas")."""
    stage.function(environment={"AB": "x" * 4094})
    with pytest.raises(TemplateError, match="4097 bytes together; Lambda takes at most 4096"):
        stage.function(environment={"AB": "x" * 4095})


def test_no_credentials_of_the_person_reach_the_function(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The credentials in a sandbox are made up, whatever the person's shell has."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "really-secret")
    monkeypatch.setenv("AWS_PROFILE", "production")
    assert "really-secret" not in json.dumps(stage.answer(SEE_ALL))
