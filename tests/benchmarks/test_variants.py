"""What is compared can be compared: one application, one FastAPI, and a reason for whatever is left out."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from benchmarks import code_tree
from benchmarks.function import Bench
from benchmarks.place import Receiver
from benchmarks.variants import BARE, PEERS, Packages, Variant

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("file", ["requirements-bench-opentelemetry.txt", "requirements-bench-distro.txt"])
@pytest.mark.parametrize("package", ["fastapi", "mangum", "starlette", "pydantic", "pydantic-core"])
def test_same_frameworks(file: str, package: str) -> None:
    """A peer runs on the frameworks that ship here, or the ratio would say something about those."""

    def version(name: str) -> list[str]:
        return re.findall(rf"^{package}==(\S+)", (ROOT / name).read_text(), re.MULTILINE)

    assert version(file) == version("requirements.txt") != []


def test_the_floor_is_first() -> None:
    """All ratios are to the first variant: the one that nothing is added to."""
    assert PEERS[0] is BARE
    assert BARE.variables == {}


def test_left_out_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variant that can't be measured is named, with what is missing or what it said, and the others are measured."""
    monkeypatch.setattr(code_tree, "missing", lambda packages: packages is Packages.DISTRO)
    absent = Variant("a peer", "distro.lambda_handler", Packages.DISTRO)
    broken = Variant("a wreck", "nothing.lambda_handler")
    with Receiver() as receiver:
        usable, left_out = Bench(tmp_path, receiver).usable([absent, broken, BARE])
    assert usable == [BARE]
    assert left_out[0] == "a peer: .venv-bench-distro is not there for this Python; make bench"
    assert left_out[1].startswith("a wreck: nothing.lambda_handler posted to")
    assert "No module named" in left_out[1]


def test_somebody_listens() -> None:
    """Telemetry goes to a live receiver: datagrams are taken, and OTLP is answered as OTLP/HTTP asks."""
    with Receiver() as receiver:
        host, _, port = receiver.collector.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), 30) as connection:
            connection.sendall(b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
            assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")
        host, _, port = receiver.daemon.partition(":")
        with socket.socket(type=socket.SOCK_DGRAM) as sender:
            sender.connect((host, int(port)))
            for _ in range(2):  # a closed port would be told of at the second
                sender.send(b"{}")
