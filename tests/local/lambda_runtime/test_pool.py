import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from local.errors import InvokeError, StartError, TemplateError, TooManyRequests
from local.lambda_runtime import LambdaFunction, Outcome
from tests.local.lambda_runtime.stage import TRACE, Stage, gather, until

# A handler that answers its process id once the file that the event names exists.
MEET = """
import os, time
from pathlib import Path
def handler(event, context):
    if event.get("here"): Path(event["here"]).touch()
    while event.get("until") and not Path(event["until"]).exists(): time.sleep(0.01)
    return os.getpid()
"""


def _event(**members: object) -> bytes:
    return json.dumps({name: str(value) for name, value in members.items()}).encode()


def test_each_sandbox_serves_one_request_at_a_time(stage: Stage, tmp_path: Path) -> None:
    """Two invocations at once need two processes; a third afterwards needs no new one."""
    first, second = tmp_path / "first", tmp_path / "second"

    async def story() -> None:
        async with stage.running(MEET) as function:
            both = await gather(
                function.invoke(_event(here=first, until=second)), function.invoke(_event(here=second, until=first))
            )
            assert len({result.payload for result in both}) == 2
            assert all(result.cold for result in both)
            after = await function.invoke(b"{}")
            assert not after.cold
            assert after.payload in {result.payload for result in both}

    asyncio.run(story())


def test_the_most_recently_used_sandbox_is_used_first(stage: Stage, tmp_path: Path) -> None:
    """Of two free sandboxes the one that worked last is taken, so that the other can be reaped."""
    go = tmp_path / "go"

    async def story() -> None:
        async with stage.running(MEET) as function:
            slow = asyncio.create_task(function.invoke(_event(here=tmp_path / "in", until=go)))
            await until((tmp_path / "in").exists)
            quick = await function.invoke(b"{}")
            go.touch()
            last = await slow
            assert quick.payload != last.payload
            assert (await function.invoke(b"{}")).payload == last.payload

    asyncio.run(story())


def test_reserved_concurrency_throttles_what_is_beyond(stage: Stage, tmp_path: Path) -> None:
    """With one reserved, a second invocation at once is TooManyRequests; afterwards there is room again."""
    go = tmp_path / "go"

    async def story() -> None:
        async with stage.running(MEET, reserved_concurrency=1) as function:
            slow = asyncio.create_task(function.invoke(_event(here=tmp_path / "in", until=go)))
            await until((tmp_path / "in").exists)
            with pytest.raises(TooManyRequests, match="Rate Exceeded"):
                await function.invoke(b"{}")
            go.touch()
            assert (await slow).outcome is Outcome.OK
            assert (await function.invoke(b"{}")).outcome is Outcome.OK

    asyncio.run(story())


def test_a_throttle_is_in_the_trace(stage: Stage) -> None:
    """A throttled invocation leaves Lambda's service segment alone, with throttle set and the status 429."""

    async def story() -> None:
        async with stage.running(MEET, reserved_concurrency=0) as function:
            with pytest.raises(TooManyRequests):
                await function.invoke(b"{}", trace_header=TRACE)

    asyncio.run(story())
    (document,) = stage.recorder.documents
    assert document["origin"] == "AWS::Lambda"
    assert document["trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"
    assert document["parent_id"] == "53995c3f42cd8ad8"
    assert document["throttle"] is True
    assert document["error"] is True
    assert document["http"] == {"response": {"status": 429}}


def test_reserved_concurrency_of_zero_throttles_all(stage: Stage) -> None:
    """Zero turns the function off, and no sandbox is started."""

    async def story() -> None:
        async with stage.running(MEET, reserved_concurrency=0) as function:
            with pytest.raises(TooManyRequests):
                await function.invoke(b"{}")

    asyncio.run(story())
    assert stage.recorder.events == []


def test_the_accounts_concurrency_throttles_too(stage: Stage, tmp_path: Path) -> None:
    """Without reserved concurrency the account's limit holds."""
    go = tmp_path / "go"

    async def story() -> None:
        async with stage.running(MEET, pool={"account_concurrency": 1}) as function:
            slow = asyncio.create_task(function.invoke(_event(here=tmp_path / "in", until=go)))
            await until((tmp_path / "in").exists)
            with pytest.raises(TooManyRequests):
                await function.invoke(b"{}")
            go.touch()
            await slow

    asyncio.run(story())


PROVISIONED = "import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']"


def test_provisioned_sandboxes_are_initialised_at_start(stage: Stage) -> None:
    """start() initialises them: the first invocation is not cold and its REPORT has no Init Duration."""

    async def story() -> None:
        async with stage.running(PROVISIONED, provisioned_concurrency=2) as function:
            assert len(stage.recorder.starting("INIT_START")) == 2
            result = await function.invoke(b"{}")
            assert result.payload == b'"provisioned-concurrency"'
            assert not result.cold
            assert len(stage.recorder.starting("INIT_START")) == 2
            (report,) = await until(lambda: stage.recorder.starting("REPORT"))
            assert "Init Duration" not in report

    asyncio.run(story())


def test_beyond_the_provisioned_ones_it_is_on_demand(stage: Stage, tmp_path: Path) -> None:
    """One more at once than provisioned is a cold start on demand; later the provisioned one is preferred."""
    go, source = tmp_path / "go", MEET + "\nprint(os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'])"

    async def story() -> None:
        async with stage.running(source, provisioned_concurrency=1) as function:
            slow = asyncio.create_task(function.invoke(_event(here=tmp_path / "in", until=go)))
            await until((tmp_path / "in").exists)
            spill = await function.invoke(b"{}")
            assert spill.cold
            go.touch()
            provisioned = await slow
            await function.invoke(b"{}")
            assert (await function.invoke(b"{}")).payload == provisioned.payload

    asyncio.run(story())
    assert stage.recorder.function == ["provisioned-concurrency", "on-demand"]


def test_a_provisioned_initialisation_that_fails_is_reported(stage: Stage) -> None:
    """start() does not fail for the user's code: the log says why, and an invocation answers the error."""

    async def story() -> None:
        async with stage.running("import nothing_of_this_name", provisioned_concurrency=1) as function:
            assert stage.recorder.starting("INIT_REPORT")[0].endswith("Error Type: Runtime.ImportModuleError")
            assert (await function.invoke(b"{}")).outcome is Outcome.FUNCTION_ERROR

    asyncio.run(story())


def test_idle_sandboxes_are_reaped(stage: Stage) -> None:
    """A sandbox without work for the idle limit is ended; the next invocation is cold."""

    async def story() -> None:
        async with stage.running(MEET, pool={"idle_limit_s": 0.2}) as function:
            first = await function.invoke(b"{}")
            await until(lambda: not psutil.pid_exists(int(first.payload)))
            assert (await function.invoke(b"{}")).cold

    asyncio.run(story())


def test_provisioned_sandboxes_are_not_reaped(stage: Stage) -> None:
    """They stay, however long they have no work."""

    async def story() -> None:
        async with stage.running(MEET, provisioned_concurrency=1, pool={"idle_limit_s": 0.05}) as function:
            first = await function.invoke(b"{}")
            await asyncio.sleep(0.5)
            assert (await function.invoke(b"{}")).payload == first.payload

    asyncio.run(story())


def test_a_sandbox_that_died_idle_is_replaced(stage: Stage) -> None:
    """A process that is killed between two invocations costs a cold start, not a request."""

    async def story() -> None:
        async with stage.running(MEET) as function:
            first = await function.invoke(b"{}")
            os.kill(int(first.payload), signal.SIGKILL)
            await until(lambda: not psutil.pid_exists(int(first.payload)))
            second = await function.invoke(b"{}")
            assert second.outcome is Outcome.OK
            assert second.cold

    asyncio.run(story())


def test_code_is_reloaded(stage: Stage) -> None:
    """After replace() the next invocation runs the code that is there now."""

    async def story() -> None:
        async with stage.running("def handler(event, context): return 'old version'") as function:
            assert (await function.invoke(b"{}")).payload == b'"old version"'
            stage.write("def handler(event, context): return 'new'")
            await function.replace()
            result = await function.invoke(b"{}")
            assert result.payload == b'"new"'
            assert result.cold

    asyncio.run(story())


def test_a_busy_sandbox_finishes_before_it_is_replaced(stage: Stage, tmp_path: Path) -> None:
    """replace() interrupts nobody; a sandbox of the old code is not used again."""
    go = tmp_path / "go"

    async def story() -> None:
        async with stage.running(MEET) as function:
            busy = asyncio.create_task(function.invoke(_event(here=tmp_path / "in", until=go)))
            await until((tmp_path / "in").exists)
            await function.replace()
            go.touch()
            old = await busy
            assert old.outcome is Outcome.OK
            assert (await function.invoke(b"{}")).payload != old.payload
            await until(lambda: not psutil.pid_exists(int(old.payload)))

    asyncio.run(story())


def test_a_configuration_is_replaced(stage: Stage) -> None:
    """UpdateFunctionConfiguration: new sandboxes have the new memory size, variables and provisioned concurrency."""
    source = "import os\ndef handler(event, context): return [context.memory_limit_in_mb, os.environ.get('A1')]"

    async def story() -> None:
        async with stage.running(source) as function:
            assert json.loads((await function.invoke(b"{}")).payload) == ["128", None]
            await function.replace(
                replace(function.config, memory_mb=256, environment={"A1": "b"}, provisioned_concurrency=1)
            )
            result = await function.invoke(b"{}")
            assert json.loads(result.payload) == ["256", "b"]
            assert not result.cold

    asyncio.run(story())


def test_a_configuration_that_lambda_refuses_changes_nothing(stage: Stage) -> None:
    """A reserved variable is refused and the function goes on as it was."""

    async def story() -> None:
        async with stage.running(MEET) as function:
            before = await function.invoke(b"{}")
            with pytest.raises(TemplateError):
                await function.replace(replace(function.config, environment={"AWS_REGION": "x"}))
            assert (await function.invoke(b"{}")).payload == before.payload

    asyncio.run(story())


def test_a_caller_that_leaves_does_not_stop_the_function(stage: Stage, tmp_path: Path) -> None:
    """A cancelled caller is gone, the invocation runs to its REPORT, as in Lambda."""
    go = tmp_path / "go"

    async def story() -> None:
        async with stage.running(MEET) as function:
            caller = asyncio.create_task(function.invoke(_event(here=tmp_path / "in", until=go)))
            await until((tmp_path / "in").exists)
            caller.cancel()
            with pytest.raises(asyncio.CancelledError):
                await caller
            go.touch()
            await until(lambda: stage.recorder.starting("REPORT"))
            assert not (await function.invoke(b"{}")).cold

    asyncio.run(story())


def test_stop_leaves_no_process_and_no_port(stage: Stage, tmp_path: Path) -> None:
    """stop() ends idle and busy sandboxes and what they started; the invocation at hand is told."""
    source = """
import os, subprocess, time
from pathlib import Path
def handler(event, context):
    child = subprocess.Popen(["sleep", "600"])
    Path(event["here"]).write_text(f"{os.getpid()} {child.pid} {os.environ['AWS_LAMBDA_RUNTIME_API']}")
    time.sleep(600)
"""
    here = tmp_path / "in"

    async def story() -> None:
        stage.write(source)
        function = stage.function()
        await function.start()
        busy = asyncio.create_task(function.invoke(_event(here=here)))
        await until(lambda: here.exists() and len(here.read_text().split()) == 3)
        await function.stop()
        with pytest.raises(InvokeError, match="stopped during the invocation"):
            await busy

    asyncio.run(story())
    sandbox, child, address = here.read_text().split()
    assert not psutil.pid_exists(int(sandbox))
    assert asyncio.run(until(lambda: _ended(int(child))))
    listening = {connection.laddr[1] for connection in psutil.Process().net_connections("tcp") if connection.laddr}
    assert int(address.rpartition(":")[2]) not in listening
    assert psutil.Process().children() == []


def _ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("turns", [1, 2, 5, 20, 50, 100, 200, 500, 1000])
def test_a_stop_that_is_cancelled_leaves_no_process(stage: Stage, turns: int) -> None:
    """Who retires a function may be cancelled at any turn of the event loop: stop() then ends what was being ended."""

    async def story() -> int:
        async with stage.running(MEET) as function:
            process = int((await function.invoke(b"{}")).payload)
            retiring = asyncio.create_task(function.retire())
            for _ in range(turns):
                await asyncio.sleep(0)
            retiring.cancel()
            await asyncio.wait([retiring])
        return process

    process = asyncio.run(story())
    assert not psutil.pid_exists(process)


def test_a_missing_interpreter_is_named(stage: Stage, tmp_path: Path) -> None:
    """start() says which interpreter is missing, before anything runs."""
    stage.code = type(stage.code)(stage.folder, tmp_path / "python9")

    async def story() -> None:
        with pytest.raises(StartError, match=r"Code\.interpreter: .*python9 is no file"):
            await stage.function().start()

    asyncio.run(story())


def test_a_missing_task_root_is_named(stage: Stage, tmp_path: Path) -> None:
    """start() says which folder is missing."""
    stage.code = type(stage.code)(tmp_path / "nowhere", Path(sys.executable))

    async def story() -> None:
        with pytest.raises(StartError, match=r"Code\.task_root: .*nowhere is no folder"):
            await stage.function().start()

    asyncio.run(story())


def test_an_interpreter_that_cannot_be_run_is_told_to_the_caller(stage: Stage, tmp_path: Path) -> None:
    """A file that is no program: the invocation raises StartError, and stop() still leaves nothing."""
    broken = tmp_path / "python"
    broken.write_text("this is no program")
    broken.chmod(0o755)
    stage.code = type(stage.code)(stage.folder, broken)

    async def story(function: LambdaFunction) -> None:
        await function.start()
        with pytest.raises(StartError, match="a sandbox can't be started"):
            await function.invoke(b"{}")
        await function.stop()

    asyncio.run(story(stage.function()))


def test_many_at_once_are_all_answered(stage: Stage) -> None:
    """A burst over a few sandboxes: every caller gets its own answer."""

    async def story() -> None:
        async with stage.running("def handler(event, context): return event") as function:

            async def caller(number: int) -> None:
                for turn in range(20):
                    event = [number, turn]
                    result = await function.invoke(json.dumps(event).encode())
                    assert json.loads(result.payload) == event

            await asyncio.gather(*(caller(number) for number in range(4)))
            assert len(stage.recorder.starting("INIT_START")) == 4

    asyncio.run(story())
