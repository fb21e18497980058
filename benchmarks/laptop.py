"""What the local Lambda costs: start-up, the gateway's own time, and its throughput."""

import json
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.client import ask
from benchmarks.stack import PATIENCE_S, ROOT, Stack

CONNECTIONS = 2
"""A sandbox serves one request at a time: two connections that never pause keep two sandboxes busy."""


@dataclass(frozen=True, slots=True)
class Laptop:
    """Medians of the run, and what they were made from."""

    start_s: tuple[float, ...]
    gateway_ms: tuple[float, ...]
    client_ms: tuple[float, ...]
    requests_per_s: tuple[float, ...]

    @property
    def gateway_p50_ms(self) -> float:
        return median(self.gateway_ms)


def measure(starts: int, requests: int, loads: int, load_s: float) -> Laptop:
    """`starts` fresh stacks; the last of them serves `requests` one by one, then `loads` times `load_s` seconds."""
    taken: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for number in range(starts):
            with Stack(Path(folder) / str(number)) as stack:
                taken.append(stack.start())
                if number == starts - 1:
                    client_ms, gateway_ms = _one_by_one(stack, requests)
                    rates = [_load(stack.port, load_s) for _ in range(loads + 1)]
    return Laptop(tuple(taken), tuple(gateway_ms), tuple(client_ms), tuple(rates[1:]))


def _one_by_one(stack: Stack, requests: int) -> tuple[list[float], list[float]]:
    """Each request's milliseconds as the client saw them, and those that the function's own time doesn't explain.

    The function's time is what its Runtime API saw, from handing the event out until the answer was there.
    """
    with socket.create_connection(("127.0.0.1", stack.port), PATIENCE_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(50):
            ask(connection)
        seen = {name: taken * 1000 for taken, name in (ask(connection) for _ in range(requests))}
    function_ms = {str(line["request_id"]): line["function_ms"] for line in stack.requests()}
    gateway_ms = [taken - float(str(function_ms[name])) for name, taken in seen.items()]
    return list(seen.values()), gateway_ms


def _load(port: int, seconds: float) -> float:
    """Requests a second. Raises RuntimeError when an answer was not 200."""
    command = [sys.executable, "-m", "benchmarks.load", str(port), str(CONNECTIONS), str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=seconds + PATIENCE_S)
    found = json.loads(done.stdout)
    if found["others"]:
        raise RuntimeError(f"{found['others']} answers under load were not 200")
    return float(found["answers"] / found["seconds"])
