"""The AWS process as the stack sees it, with small processes in its place."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from local.aws import AwsProcess, Configuration, GatewayRequest, Place
from local.endpoint import Call
from local.errors import AwsError
from local.lambda_runtime.measured import Measured
from local.logs import LogEvent, LogSource
from local.ports import bind_tcp

# Writes each line that it gets into a file, and asks what it is told to.
RECORDER = """
import os, socket, sys
folder, channel = sys.argv[1], socket.socket(fileno=int(sys.argv[2]))
with open(folder + "/pids", "a") as pids:
    pids.write(str(os.getpid()) + "\\n")
channel.sendall(b'N"hello"\\n' + b'C[1,"lambda","Invoke",{"Payload":{"base64":"eA=="}},"us-east-1","1"]\\n')
with open(folder + "/lines", "ab", buffering=0) as lines:
    while data := channel.recv(100000):
        lines.write(data)
"""


async def until(what: Callable[[], Any]) -> Any:
    async with asyncio.timeout(40):
        while not (found := what()):  # noqa: ASYNC110 - what a process does elsewhere sets no event here
            await asyncio.sleep(0.01)
    return found


def lines_of(folder: Path) -> list[bytes]:
    file = folder / "lines"
    return file.read_bytes().splitlines() if file.exists() else []


def play(folder: Path, story: Callable[[AwsProcess, list[str]], Awaitable[None]], script: str = RECORDER) -> list[str]:
    """Runs the story with a process that runs the script; what was told."""
    told: list[str] = []

    async def control(call: Call) -> Any:
        if call.parameters["Payload"] == b"x":
            return {"StatusCode": 200, "Payload": b"done"}
        raise AwsError("ResourceNotFoundException", "no", status=404)

    async def run() -> None:
        with bind_tcp(0, "a test's") as listener:
            process = AwsProcess(
                Place(folder, folder / "template.yaml", {}, listener.getsockname()[1]),
                listener,
                control=control,
                tell=told.append,
                environ=os.environ,
                command=[sys.executable, "-c", script, str(folder)],
            )
            await process.open()
            await story(process, told)
            await process.stop()

    asyncio.run(run())
    return told


def test_what_is_put_before_the_process_exists_waits_for_it(tmp_path: Path) -> None:
    """Everything arrives, in order, what runs here first; and stop() waits until it has been read."""

    async def story(process: AwsProcess, _told: list[str]) -> None:
        process.configure(Configuration("f", "api", "id", "dev"))
        process.put(LogEvent("g", "s", 1, "m", LogSource.FUNCTION, "r"))
        process.put_document(b'{"id":"a"}')
        process.put_otlp(b'{"sampled":true}')
        process.put_request(GatewayRequest(1, "/", "GET", 200, 1.0, None))
        process.measure(Measured("f", "f:live", 1, 1, executed_version="2"))
        await process.start()

    assert play(tmp_path, story) == ["hello"]
    telemetry = [line for line in lines_of(tmp_path) if not line.startswith(b"A")]
    assert telemetry == [
        b'K["f","api","id","dev",false]',
        b'L["g","s",1,"m","function","r"]',
        b'D{"id":"a"}',
        b'O{"sampled":true}',
        b'R[1,"/","GET",200,1.0,null]',
        b'I["f","f:live",1,1,0.0,false,false,false,0,0,"2"]',
    ]


def test_its_calls_are_answered_by_number(tmp_path: Path) -> None:
    """Bytes there and back."""

    async def story(process: AwsProcess, _told: list[str]) -> None:
        await process.start()
        await until(lambda: lines_of(tmp_path))

    play(tmp_path, story)
    (answer,) = lines_of(tmp_path)
    assert (answer[:1], json.loads(answer[1:])) == (b"A", [1, {"StatusCode": 200, "Payload": {"base64": "ZG9uZQ=="}}])


def test_one_that_is_killed_is_started_again_and_it_is_said(tmp_path: Path) -> None:
    """The next process is told again what runs here; nothing that came in the meantime is lost."""

    async def story(process: AwsProcess, told: list[str]) -> None:
        process.configure(Configuration("f", "api", "id", "dev"))
        await process.start()
        await until(lambda: len(lines_of(tmp_path)) == 2)  # the configuration, and the answer
        first = process.pid
        assert first is not None
        os.kill(first, 9)
        await until(lambda: len(told) > 1)
        process.put_document(b'{"id":"in the meantime"}')
        await until(lambda: len(lines_of(tmp_path)) == 5)
        assert process.pid != first
        assert told[1].startswith(
            f"AWS: pid {first} ended (signal 9); what it had not kept is lost; it is started again"
        )

    told = play(tmp_path, story)
    assert told.count("hello") == 2
    again = [line for line in lines_of(tmp_path)[2:] if not line.startswith(b"A")]
    assert again == [b'K["f","api","id","dev",false]', b'D{"id":"in the meantime"}']


def test_what_does_not_fit_keeps_nobody_waiting(tmp_path: Path) -> None:
    """64 MB wait for the process; what is over it is lost, told of when it begins, and counted."""

    async def story(process: AwsProcess, told: list[str]) -> None:
        for _ in range(70):
            process.put_document(b"0" * 1_000_000)
        assert told == ["AWS: it does not keep up, or is down: telemetry is lost; how much is told at the end"]
        await process.start()

    told = play(tmp_path, story)
    assert "AWS: 2 messages of telemetry were lost" in told
    assert sum(line.startswith(b"D") for line in lines_of(tmp_path)) == 68


def test_one_that_ends_at_once_is_started_later_each_time_and_stops_at_once(tmp_path: Path) -> None:
    """A pause of a second, then of two: no loop that burns the processor; and stop() waits for no pause."""
    ends = "import sys; open(sys.argv[1] + '/lines', 'a').write('x\\n'); sys.exit(3)"

    async def story(process: AwsProcess, told: list[str]) -> None:
        await process.start()
        await until(lambda: len(told) == 2)

    told = play(tmp_path, story, ends)
    assert [line.partition("; ")[2] for line in told[:2]] == [
        "what it had not kept is lost; it is started again in 1 s",
        "what it had not kept is lost; it is started again in 2 s",
    ]
    assert len(lines_of(tmp_path)) >= 2
