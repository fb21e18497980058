"""docs/add-to-your-service.md: what it tells to type works as it stands there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the files of the page's code blocks, each named by its block's first line."""
    page = (ROOT / "docs/add-to-your-service.md").read_text()
    for name, text in re.findall(r"```python\n# (\w+\.py)\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(text)
    return tmp_path


def run(project: Path, *arguments: str) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_test_passes(project: Path) -> None:
    """The page's own test passes on the page's own application."""
    assert "1 passed" in run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py")


def test_its_handler_answers_an_event_and_leaves_one_line(project: Path) -> None:
    """The page's handler takes a REST API's event; its standard output is one line with the page's field and metric."""
    event = json.loads((ROOT / "tests/events/rest_v1.json").read_text())
    event |= {"path": "/orders/c-17", "httpMethod": "POST", "body": None}
    (project / "event.json").write_text(json.dumps(event))
    output = run(
        project,
        "-c",
        "import json, app, observability.testing as kit\n"
        "answer = app.handler(json.load(open('event.json')), kit.FakeContext())\n"
        "assert answer['statusCode'] == 200, answer",
    )
    (line,) = [json.loads(text) for text in output.splitlines()]
    assert (line["service"], line["route"], line["customer"]) == ("orders", "/orders/{customer}", "c-17")
    assert line["Orders"] == 1
