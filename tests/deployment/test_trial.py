"""`make deploy-check`, whole: the real sam build, deploy, update and delete against ministack."""

import http.server
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployment.api_client import ApiClient
from deployment.errors import TrialError
from deployment.ministack import ministack
from deployment.tools import ROOT, Tools

# Together with tests/test_sam_build.py: two builds at once would share the layer's downloads and half a machine.
pytestmark = [pytest.mark.xdist_group("artifact"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def said() -> str:
    """What `make deploy-check` prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "AWS_"))}
    result = subprocess.run(["make", "deploy-check"], check=False, cwd=ROOT, env=kept, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_template_is_deployed_updated_and_deleted(said: str) -> None:
    """SAM asks nothing, what is deployed is what the templates say, twice, HTTP goes through, and the end is an end."""
    lines = said.splitlines()
    steps = [line.split(":")[0] for line in lines if not line.startswith(" ")]
    expected = ["sam build", "by the shapes of their calls", "sam deploy", "read back", "HTTP"]
    assert [step for step in steps if not step.startswith(("make", "Installing"))] == [
        *expected,
        "sam deploy refuses",
        "sam deploy",
        "read back",
        "HTTP",
        "sam delete",
    ]
    assert "MemorySize=1024" in lines[-4]
    kept = lines[-1].partition("retained: ")[2].split(", ")
    assert {"ItemsTable", "ApiGatewayLogs", "ApiGatewayAccount"} <= set(kept)


def test_what_is_not_deployed_is_listed(said: str) -> None:
    """X-Ray, CodeDeploy and what of the nested stack ministack refuses are named, and are checked by their calls."""
    assert "  sam_template.TraceGroup (AWS::XRay::Group): taken out: ministack has no X-Ray" in said
    assert "  ItemsFunction.DeploymentPreference: taken out: ministack has no CodeDeploy" in said
    [checked] = [line for line in said.splitlines() if line.startswith("by the shapes of their calls: ")]
    assert {"TraceGroup", "TraceSampling", "ItemsFunctionDeploymentGroup"} <= set(checked.split(": ")[1].split(", "))
    for line in said.splitlines():
        if line.startswith("  monitoring."):
            assert line.split(".")[1].split(" ")[0] in checked


def test_trial_leaves_nothing(said: str) -> None:
    """No file of it is left in the build folder."""
    assert said
    assert not (ROOT / "build/deploy-check").exists()


def test_ministack_is_there_and_gone(tmp_path: Path, tools: Tools) -> None:
    """It serves while the block runs; afterwards its port refuses, and its folder is gone."""
    with ministack(tools, tmp_path / "m") as url:
        assert url.startswith("http://localhost:")
        assert ApiClient(url).status("/_ministack/health") == 200
    assert not (tmp_path / "m").exists()
    with pytest.raises(OSError, match="refused"):
        ApiClient(url).status("/_ministack/health")


def test_ministack_that_does_not_start_is_told(tmp_path: Path) -> None:
    """A ministack that ends at once is an error with what it said."""
    program = tmp_path / ".venv-ministack/bin/ministack"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho no such thing\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(TrialError, match="no such thing"), ministack(Tools(tmp_path, dict(os.environ)), tmp_path / "m"):
        pass
    assert not (tmp_path / "m").exists()


class Broken(http.server.BaseHTTPRequestHandler):
    """An API behind which nothing works."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(502)
        self.end_headers()
        self.wfile.write(b'{"message": "Internal server error"}')

    do_GET = do_POST = answer  # noqa: N815 - the server's names

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def broken() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_broken_api_is_told(broken: str) -> None:
    """HTTP that does not go through fails the trial, with the answer."""
    assert list(ApiClient(broken).items_are_kept()) == [
        """POST /api/items/ answers 502: b'{"message": "Internal server error"}'"""
    ]
    assert [sentence.split(":")[0] for sentence in ApiClient(broken).key_is_asked_for("k")] == [
        "without the key",
        "with the key",
    ]
