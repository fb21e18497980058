import asyncio
import json
import os
import re
from pathlib import Path

from local.lambda_runtime import Outcome
from tests.local.lambda_runtime.stage import Stage, until

INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def _gone(pid: int) -> bool:
    """Whether a process is gone, or dead and only not collected by its parent."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return not Path("/proc/self").exists() and not _signalled(pid)
    return stat.rpartition(")")[2].split()[0] == "Z"


def _signalled(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_timeout_kills_the_sandbox(stage: Stage) -> None:
    """After the function's timeout the sandbox and what it started are killed, and the next invocation is cold.

    The payload is that of Invoke; the lines are those of the AWS page "Troubleshoot execution issues in Lambda".
    """
    source = """
import subprocess, time
def handler(event, context):
    if event == "quick": return "done"
    child = subprocess.Popen(["sleep", "600"], start_new_session=False)
    print(child.pid)
    time.sleep(600)
"""
    late, after = stage.play(source, "slow", "quick", timeout_s=1.0, tracing=False)
    assert late.outcome is Outcome.TIMEOUT
    assert late.duration_ms == 1000.0
    assert json.loads(late.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {late.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert after.payload == b'"done"'
    assert after.cold
    assert asyncio.run(until(lambda: _gone(int(stage.recorder.function[0]))))
    lines = [event.message for event in stage.recorder.events if event.stream == late.log_stream]
    assert lines[1] == f"START RequestId: {late.request_id} Version: $LATEST"
    assert re.fullmatch(f"{INSTANT} {late.request_id} Task timed out after 1.00 seconds", lines[3])
    assert lines[4] == f"END RequestId: {late.request_id}"
    assert re.fullmatch(
        rf"REPORT RequestId: {late.request_id}\tDuration: 1000\.00 ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t"
        r"Max Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\tStatus: timeout",
        lines[5],
    )


def test_a_handler_that_ends_its_process_is_a_crash(stage: Stage) -> None:
    """Runtime.ExitError with the exit status, in the payload and in the log; the next invocation is cold."""
    crashed, after = stage.play("import os\ndef handler(event, context): return os._exit(event) if event else 7", 3, 0)
    assert crashed.outcome is Outcome.CRASH
    sentence = f"RequestId: {crashed.request_id} Error: Runtime exited with error: exit status 3"
    assert json.loads(crashed.payload) == {"errorType": "Runtime.ExitError", "errorMessage": sentence}
    assert f"{sentence}\nRuntime.ExitError" in stage.recorder.platform
    assert "\tStatus: error\tError Type: Runtime.ExitError" in stage.recorder.starting("REPORT")[0]
    assert after.payload == b"7"
    assert after.cold


def test_a_handler_that_exits_in_order_is_a_crash_too(stage: Stage) -> None:
    """sys.exit(0) in a handler leaves no answer: Lambda has no reason to give."""
    (result,) = stage.play("import sys\ndef handler(event, context): sys.exit(0)", None)
    assert result.outcome is Outcome.CRASH
    assert json.loads(result.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {result.request_id} Error: Runtime exited without providing a reason",
    }


def test_a_segmentation_fault_is_named(stage: Stage) -> None:
    """A signal is named as Lambda's supervisor names it."""
    source = "import os, signal\ndef handler(event, context): os.kill(os.getpid(), signal.SIGSEGV)"
    (result,) = stage.play(source, None)
    assert result.outcome is Outcome.CRASH
    reason = "Runtime exited with error: signal: segmentation fault"
    assert json.loads(result.payload)["errorMessage"] == f"RequestId: {result.request_id} Error: {reason}"


def test_a_kill_from_outside_is_not_out_of_memory(stage: Stage) -> None:
    """SIGKILL alone is Runtime.ExitError: only the kernel's own counter tells of memory."""
    source = "import os, signal\ndef handler(event, context): os.kill(os.getpid(), signal.SIGKILL)"
    (result,) = stage.play(source, None)
    assert result.outcome is Outcome.CRASH
    assert json.loads(result.payload)["errorType"] == "Runtime.ExitError"
    assert json.loads(result.payload)["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")


def test_a_module_that_cannot_be_imported_is_told(stage: Stage) -> None:
    """The error of the initialisation is what Invoke answers; it is tried in the init phase and in the invocation."""
    (result,) = stage.play("import nothing_of_this_name", None, tracing=False)
    error = json.loads(result.payload)
    assert result.outcome is Outcome.FUNCTION_ERROR
    assert error["errorType"] == "Runtime.ImportModuleError"
    assert error["errorMessage"] == "Unable to import module 'app': No module named 'nothing_of_this_name'"
    lines = stage.recorder.platform
    assert lines[0].startswith("INIT_START Runtime Version: python:3.11")
    failed = r"INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: {}\tStatus: error\tError Type: Runtime.ImportModuleError"
    assert re.fullmatch(failed.format("init"), lines[1])
    assert re.fullmatch(failed.format("invoke"), lines[2])
    assert lines[3] == f"START RequestId: {result.request_id} Version: $LATEST"
    assert lines[4] == f"END RequestId: {result.request_id}"
    assert lines[5].endswith("\tStatus: error\tError Type: Runtime.ImportModuleError")
    assert "Init Duration" not in lines[5]


def test_the_log_of_a_failed_initialisation_has_the_reason(stage: Stage) -> None:
    """What the runtime client printed before it gave up comes before INIT_REPORT."""
    stage.play("import nothing_of_this_name", None)
    lines = stage.recorder.lines()
    reasons = [
        at for at, line in enumerate(lines) if line.startswith("[ERROR] Runtime.ImportModuleError: Unable to import")
    ]
    reports = [at for at, line in enumerate(lines) if line.startswith("INIT_REPORT")]
    assert len(reasons) == len(reports) == 2
    assert reasons[0] < reports[0] < reasons[1] < reports[1]


def test_a_missing_handler_is_told(stage: Stage) -> None:
    """Runtime.HandlerNotFound names the function and the module."""
    error = stage.answer("x = 1")
    assert error["errorType"] == "Runtime.HandlerNotFound"
    assert error["errorMessage"] == "Handler 'handler' missing on module 'app'"


def test_a_syntax_error_is_told(stage: Stage) -> None:
    """Runtime.UserCodeSyntaxError with the file and the line."""
    error = stage.answer("def handler(event, context:\n    pass")
    assert error["errorType"] == "Runtime.UserCodeSyntaxError"
    assert "app.py" in str(error["stackTrace"])


def test_a_handler_name_without_a_dot_is_told(stage: Stage) -> None:
    """Runtime.MalformedHandlerName."""
    assert stage.answer("", handler="app")["errorType"] == "Runtime.MalformedHandlerName"


def test_a_module_that_raises_is_told(stage: Stage) -> None:
    """Whatever a module raises while it is imported is the answer."""
    error = stage.answer("raise KeyError('TABLE')")
    assert error["errorType"] == "KeyError"
    assert error["errorMessage"] == "'TABLE'"


def test_a_module_that_exits_is_told(stage: Stage) -> None:
    """An initialisation whose process ends is Runtime.ExitError."""
    (result,) = stage.play("import os\nos._exit(9)", None)
    assert result.outcome is Outcome.CRASH
    assert json.loads(result.payload)["errorMessage"].endswith("Runtime exited with error: exit status 9")
    assert stage.recorder.starting("INIT_REPORT")[0].endswith("\tStatus: error\tError Type: Runtime.ExitError")


def test_an_initialisation_that_recovers_answers_the_invocation(stage: Stage) -> None:
    """Lambda runs a failed initialisation again inside the first invocation; if that one works, nothing is lost."""
    source = """
from pathlib import Path
mark = Path("tried")
if not mark.exists():
    mark.touch()
    raise RuntimeError("not yet")
def handler(event, context): return "here"
"""
    (result,) = stage.play(source, None)
    assert result.payload == b'"here"'
    assert len(stage.recorder.starting("INIT_REPORT")) == 1
    assert "Init Duration" not in stage.recorder.starting("REPORT")[0]


def test_an_initialisation_over_the_limit_runs_again_inside_the_invocation(stage: Stage) -> None:
    """Over 10 s (here 0.5 s) it is ended, and run again on the invocation's time: the duration includes it.

    Source: the AWS page "Understanding the Lambda execution environment lifecycle", "Init phase".
    """
    source = "import time\ntime.sleep(1)\ndef handler(event, context): return 'late'"
    (result,) = stage.play(source, None, timeout_s=60.0, pool={"init_limit_s": 0.5})
    assert result.payload == b'"late"'
    assert result.duration_ms >= 1000
    (report,) = stage.recorder.starting("INIT_REPORT")
    assert re.fullmatch(r"INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: timeout", report)


def test_an_initialisation_over_the_timeout_too_is_a_timeout(stage: Stage) -> None:
    """The second initialisation counts against the function's timeout."""
    source = "import time\ntime.sleep(600)\ndef handler(event, context): return 'never'"
    (result,) = stage.play(source, None, timeout_s=0.5, pool={"init_limit_s": 0.3})
    assert result.outcome is Outcome.TIMEOUT
    assert json.loads(result.payload)["errorMessage"].endswith("Task timed out after 0.50 seconds")
    first, second = stage.recorder.starting("INIT_REPORT")
    assert first.endswith("\tPhase: init\tStatus: timeout")
    assert second.endswith("\tPhase: invoke\tStatus: timeout")


def test_failures_in_the_json_log_format(stage: Stage) -> None:
    """A timeout is platform.runtimeDone and platform.report with the status timeout; no plain lines remain.

    Source: the AWS page "Lambda Telemetry API Event schema reference".
    """
    source = "import time\ndef handler(event, context): time.sleep(600)"
    (result,) = stage.play(source, None, timeout_s=1.0, log_format="JSON")
    (done,), (report,) = stage.recorder.records("platform.runtimeDone"), stage.recorder.records("platform.report")
    assert done["requestId"] == report["requestId"] == result.request_id
    assert done["status"] == report["status"] == "timeout"
    assert done["errorType"] == report["errorType"] == "Sandbox.Timedout"
    assert report["metrics"]["durationMs"] == 1000.0


def test_a_failed_initialisation_in_the_json_log_format(stage: Stage) -> None:
    """platform.initReport has the phase, the status and the error type."""
    stage.play("import nothing_of_this_name", None, log_format="JSON")
    first, second = stage.recorder.records("platform.initReport")
    assert (first["phase"], first["status"], first["errorType"]) == ("init", "error", "Runtime.ImportModuleError")
    assert (second["phase"], second["status"]) == ("invoke", "error")
    assert first["metrics"]["durationMs"] > 0
