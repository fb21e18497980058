"""What a cold start may import: held in a fresh interpreter, as Lambda starts one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FORBIDDEN = {
    "aiohttp",
    "aws_lambda_powertools",
    "aws_xray_sdk",
    "boto3",
    "botocore",
    "cryptography",
    "email_validator",
    "httpx",
    "jmespath",
    "jwt",
    "opentelemetry.sdk",
    "requests",
    "urllib3",
    "yaml",
}

_DRIVE = """
import json, sys
from service.handler import lambda_handler
loaded_at_start = sorted(sys.modules)

class Context:
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    def get_remaining_time_in_millis(self):
        return 3000

def call(method, path, body=None, **headers):
    event = {"resource": "/{proxy+}", "path": path, "httpMethod": method, "headers": headers,
             "queryStringParameters": None, "body": body, "isBase64Encoded": False,
             "requestContext": {"path": "/prod" + path, "stage": "prod", "identity": {"sourceIp": "192.0.2.1"}}}
    return lambda_handler(event, Context())

lamp = json.dumps({"name": "Lamp", "price_cents": 1})
kind = {"content-type": "application/json"}
made = call("POST", "/api/items/", lamp, **kind, **{"idempotency-key": "key"})
again = call("POST", "/api/items/", lamp, **kind, **{"idempotency-key": "key"})
place = made["headers"]["location"].removeprefix("/prod")
answers = [made, again, call("GET", place), call("GET", "/api/items/"), call("PUT", place, lamp, **kind),
           call("PATCH", place, '{"name": "x"}', **kind, **{"if-match": '"2"'}), call("DELETE", place),
           call("GET", place), call("GET", "/"), call("GET", "/docs"), call("GET", "/redoc"),
           call("GET", "/openapi.json"), call("GET", "/api/health"), call("GET", "/api/health/ready"),
           call("GET", "/api/aws-info"), call("HEAD", "/api/health")]
with open(sys.argv[1], "w") as found:
    json.dump({"statuses": [answer["statusCode"] for answer in answers],
               "start": loaded_at_start, "end": sorted(sys.modules)}, found)
"""


def _run(tmp_path: Path) -> dict[str, Any]:
    environ = {
        "PATH": os.environ["PATH"],
        "ITEMS_DATABASE": str(tmp_path / "items.sqlite3"),
        "OBSERVABILITY_TRACING": "off",
        "AWS_LAMBDA_FUNCTION_NAME": "items",
    }
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", _DRIVE, str(tmp_path / "found.json")],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads((tmp_path / "found.json").read_text())
    return found


def _forbidden(modules: list[str]) -> set[str]:
    return {name for name in FORBIDDEN for module in modules if module == name or module.startswith(name + ".")}


def test_imports(tmp_path: Path) -> None:
    """On SQLite without authentication, neither the start nor the whole API, Idempotency-Key included, loads boto3,
    Powertools, PyJWT or any other heavy module.
    """
    found = _run(tmp_path)
    assert found["statuses"] == [201, 201, 200, 200, 200, 200, 204, 404, 200, 200, 200, 200, 200, 200, 200, 200]
    assert _forbidden(found["start"]) == set()
    assert _forbidden(found["end"]) == set()


def test_nothing_is_opened_at_start(tmp_path: Path) -> None:
    """Starting makes no file and loads no sqlite3: the store is opened by the first request that needs it."""
    environ = {"PATH": os.environ["PATH"], "ITEMS_DATABASE": str(tmp_path / "items.sqlite3")}
    code = "import service.handler"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environ, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_only_the_handler_works_at_import(tmp_path: Path) -> None:
    """Every other module can be imported with an environment that the service would refuse."""
    code = (
        "import importlib, pkgutil, service\n"
        "for found in pkgutil.walk_packages(service.__path__, 'service.'):\n"
        "    if found.name != 'service.handler':\n"
        "        importlib.import_module(found.name)\n"
    )
    environ = {"PATH": os.environ["PATH"], "CORS_ORIGINS": "nonsense", "ITEMS_TABLE": "!"}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environ, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_a_refused_setting(tmp_path: Path) -> None:
    """A setting that can't be used stops the start, and the last line of the error names it."""
    environ = {"PATH": os.environ["PATH"], "CORS_ORIGINS": "nonsense"}
    code = "import service.handler"
    run = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "CORS_ORIGINS='nonsense'" in run.stderr.splitlines()[-1]
