"""The service under SnapStart: what is open when the snapshot is taken, and what a restored copy can do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_DRIVE = """
import glob, json, os, sys
from awslambdaric import lambda_runtime_hooks_runner as hooks
from service.handler import lambda_handler

def call(method, path, body=None):
    event = {"resource": "/{proxy+}", "path": path, "httpMethod": method, "queryStringParameters": None,
             "body": body, "isBase64Encoded": False,
             "headers": {"content-type": "application/json"},
             "requestContext": {"path": path, "stage": "prod", "identity": {"sourceIp": "192.0.2.1"}}}
    return lambda_handler(event, object())

def open_files():
    targets = [os.readlink(link) for link in glob.glob("/proc/self/fd/*") if os.path.exists(link)]
    return any(target.startswith(os.environ["ITEMS_DATABASE"]) for target in targets)

made = call("POST", "/api/items/", json.dumps({"name": "Lamp", "price_cents": 1}))
before = open_files()
hooks.run_before_snapshot()
snapshot = open_files()
hooks.run_after_restore()
found = call("GET", made["headers"]["location"])
with open(sys.argv[1], "w") as file:
    json.dump([made["statusCode"], before, snapshot, found["statusCode"]], file)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")
def test_the_store_is_closed_and_opens_again(tmp_path: Path) -> None:
    """The SQLite file is not open while the snapshot is taken; a restored copy opens it again and finds its items."""
    environ = {
        "PATH": os.environ["PATH"],
        "ITEMS_DATABASE": str(tmp_path / "items.sqlite3"),
        "AWS_LAMBDA_FUNCTION_NAME": "items",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
        "OBSERVABILITY_TRACING": "off",
    }
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", _DRIVE, str(tmp_path / "found.json")],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads((tmp_path / "found.json").read_text()) == [201, True, False, 200]
    first, restored = (json.loads(line) for line in run.stdout.splitlines() if line.startswith("{"))
    assert (first["cold_start"], restored["cold_start"]) == (True, True)


def test_priming_opens_nothing(tmp_path: Path) -> None:
    """In Lambda the service answers a request of its own while it starts: that writes no line and opens no store."""
    environ = {
        "PATH": os.environ["PATH"],
        "ITEMS_DATABASE": str(tmp_path / "items.sqlite3"),
        "AWS_LAMBDA_FUNCTION_NAME": "items",
    }
    code = "import service.handler\nassert service.handler.app.middleware_stack is not None"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environ, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
