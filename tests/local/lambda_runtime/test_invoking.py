import asyncio
import json
import re

import pytest

from local.errors import InvokeError, RequestTooLarge
from local.lambda_runtime import LambdaFunction, Outcome
from tests.local.lambda_runtime.stage import TRACE, Stage

ECHO = "def handler(event, context): return event"


def test_the_answer_is_the_handlers_json(stage: Stage) -> None:
    """What the handler returns is the payload, in JSON, whatever characters it holds."""
    event = {"text": "żółć ☃ 𝄞", "list": [1, 2.5, None, True], "nested": {"a": []}}
    assert stage.answer(ECHO, event) == event


def test_the_first_invocation_is_cold_and_the_next_is_warm(stage: Stage) -> None:
    """Only the first invocation in a sandbox waits for an initialisation; both come from the same process."""
    source = "import os\ndef handler(event, context): return os.getpid()"
    first, second = stage.play(source, 1, 2)
    assert first.cold
    assert not second.cold
    assert first.payload == second.payload
    assert first.log_stream == second.log_stream


def test_a_duration_and_an_initialisation_are_measured_apart(stage: Stage) -> None:
    """A slow import shows in init_ms, a slow handler in duration_ms."""
    source = "import time\ntime.sleep(0.3)\ndef handler(event, context): time.sleep(0.2)"
    (result,) = stage.play(source, None)
    assert result.init_ms is not None
    assert result.init_ms >= 300
    assert 200 <= result.duration_ms < 300 + result.init_ms


def test_a_handler_that_raises_answers_its_error(stage: Stage) -> None:
    """The payload has the exception's type, message and stack (AWS page "Python function errors in Lambda")."""
    source = "def handler(event, context):\n    raise ValueError('no such thing')"
    (result,) = stage.play(source, None)
    error = json.loads(result.payload)
    assert result.outcome is Outcome.FUNCTION_ERROR
    assert error["errorType"] == "ValueError"
    assert error["errorMessage"] == "no such thing"
    assert error["requestId"] == result.request_id
    assert len(error["stackTrace"]) == 1
    assert "app.py" in error["stackTrace"][0]
    assert "raise ValueError('no such thing')" in error["stackTrace"][0]


def test_a_sandbox_lives_on_after_its_handler_raised(stage: Stage) -> None:
    """An exception costs no cold start."""
    source = "def handler(event, context): return 1 / event"
    failed, answered = stage.play(source, 0, 2)
    assert failed.outcome is Outcome.FUNCTION_ERROR
    assert answered.outcome is Outcome.OK
    assert not answered.cold


def test_an_error_with_a_long_stack_comes_through(stage: Stage) -> None:
    """The runtime client posts its X-Ray cause in a header, which for a deep stack is far over the usual 8 kB."""
    source = (
        "def handler(event, context):\n    if event == 0: raise RuntimeError('deep')\n    handler(event - 1, context)"
    )
    (result,) = stage.play(source, 500)
    assert result.outcome is Outcome.FUNCTION_ERROR
    assert json.loads(result.payload)["errorMessage"] == "deep"


def test_an_answer_that_is_no_json_is_the_runtimes_error(stage: Stage) -> None:
    """What can't be encoded is Runtime.MarshalError, as in Lambda."""
    error = stage.answer("def handler(event, context): return object()")
    assert error["errorType"] == "Runtime.MarshalError"
    assert error["errorMessage"].startswith("Unable to marshal response")


@pytest.mark.parametrize("runtime", ["python3.12", "python3.13"])
def test_newer_runtimes_answer_alike(stage: Stage, runtime: str) -> None:
    """From python3.12 on awslambdaric polls from a thread and leaves non-ASCII text unescaped."""
    (result,) = stage.play(ECHO, {"a": "ż"}, runtime=runtime)
    assert json.loads(result.payload) == {"a": "ż"}


def test_bytes_are_answered_as_they_are(stage: Stage) -> None:
    """A handler that returns bytes has encoded them itself."""
    (result,) = stage.play("def handler(event, context): return b'{\"a\":  1}'", None)
    assert result.payload == b'{"a":  1}'


def test_decimals_are_numbers(stage: Stage) -> None:
    """DynamoDB's numbers are Decimals: Lambda's runtime encodes them as JSON numbers."""
    source = "from decimal import Decimal\ndef handler(event, context): return [Decimal('3'), Decimal('2.5')]"
    assert stage.answer(source) == [3, 2.5]


def test_the_context_object_tells_about_the_function(stage: Stage) -> None:
    """The attributes of the AWS page "Using the Lambda context object to retrieve Python function information"."""
    source = """
def handler(event, context):
    names = ("aws_request_id", "function_name", "function_version", "invoked_function_arn", "memory_limit_in_mb",
             "log_group_name", "log_stream_name", "client_context")
    return {name: getattr(context, name) for name in names}
"""
    (result,) = stage.play(source, None, memory_mb=256)
    assert json.loads(result.payload) == {
        "aws_request_id": result.request_id,
        "function_name": "items",
        "function_version": "$LATEST",
        "invoked_function_arn": "arn:aws:lambda:us-east-1:123456789012:function:items",
        "memory_limit_in_mb": "256",
        "log_group_name": "/aws/lambda/items",
        "log_stream_name": result.log_stream,
        "client_context": None,
    }


def test_the_remaining_time_counts_down_from_the_timeout(stage: Stage) -> None:
    """The deadline is the function's timeout away, and comes nearer."""
    source = """
import time
def handler(event, context):
    before = context.get_remaining_time_in_millis()
    time.sleep(0.1)
    return before, context.get_remaining_time_in_millis()
"""
    before, after = stage.answer(source, timeout_s=60.0)
    assert 55_000 < before <= 60_000
    assert before - after >= 99


def test_a_client_context_reaches_the_handler(stage: Stage) -> None:
    """Invoke's client context is context.client_context, with custom, env and client."""
    source = """
def handler(event, context):
    given = context.client_context
    return [given.custom, given.env, given.client.app_title]
"""

    async def story() -> bytes:
        async with stage.running(source) as function:
            context = json.dumps({"custom": {"a": "1"}, "env": {"b": "2"}, "client": {"app_title": "shop"}})
            return (await function.invoke(b"{}", client_context=context)).payload

    assert json.loads(asyncio.run(story())) == [{"a": "1"}, {"b": "2"}, "shop"]


def test_each_invocation_has_a_request_id_of_its_own(stage: Stage) -> None:
    """A request id is a UUID, and the one that the handler sees."""
    first, second = stage.play("def handler(event, context): return context.aws_request_id", 1, 2)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", first.request_id)
    assert json.loads(first.payload) == first.request_id
    assert json.loads(second.payload) == second.request_id != first.request_id


TRACE_SOURCE = "import os\ndef handler(event, context): return os.environ.get('_X_AMZN_TRACE_ID')"


def _trace_seen(stage: Stage, header: str | None, *, tracing: bool) -> str:
    async def story() -> bytes:
        async with stage.running(TRACE_SOURCE, tracing=tracing) as function:
            return (await function.invoke(b"{}", trace_header=header)).payload

    seen: str = json.loads(asyncio.run(story()))
    return seen


def test_the_trace_goes_on_in_the_function(stage: Stage) -> None:
    """The function's parent is the segment of the function itself, in the caller's trace."""
    seen = _trace_seen(stage, TRACE, tracing=True)
    assert re.fullmatch(r"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=[0-9a-f]{16};Sampled=1", seen)
    assert "53995c3f42cd8ad8" not in seen


def test_a_caller_that_does_not_sample_is_obeyed(stage: Stage) -> None:
    """Sampled=0 stays 0, and Lambda writes no segments."""
    seen = _trace_seen(stage, TRACE.replace("Sampled=1", "Sampled=0"), tracing=True)
    assert seen.startswith("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=")
    assert seen.endswith(";Sampled=0")
    assert stage.recorder.documents == []


def test_without_a_caller_a_trace_begins(stage: Stage) -> None:
    """No header: a new root, whose time is now, sampled."""
    assert re.fullmatch(
        r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1", _trace_seen(stage, None, tracing=True)
    )


def test_a_function_without_tracing_passes_the_header_on(stage: Stage) -> None:
    """PassThrough: the caller's header reaches the function unchanged, and Lambda writes no segments."""
    assert _trace_seen(stage, TRACE, tracing=False) == TRACE
    assert stage.recorder.documents == []


def test_a_payload_of_6_mb_fits(stage: Stage) -> None:
    """Lambda's limit for a request is 6,291,456 bytes."""

    async def story(function: LambdaFunction) -> bytes:
        return (await function.invoke(b'"' + b"x" * 6_291_454 + b'"')).payload

    async def scene() -> bytes:
        async with stage.running("def handler(event, context): return len(event)") as function:
            return await story(function)

    assert asyncio.run(scene()) == b"6291454"


def test_a_payload_over_6_mb_is_refused(stage: Stage) -> None:
    """One byte more is RequestTooLarge, in Invoke's own words, and no sandbox is started."""

    async def story() -> None:
        async with stage.running(ECHO) as function:
            with pytest.raises(RequestTooLarge, match="Request must be smaller than 6291456 bytes"):
                await function.invoke(b"x" * 6_291_457)

    asyncio.run(story())
    assert stage.recorder.events == []


def test_an_answer_over_6_mb_is_a_function_error(stage: Stage) -> None:
    """A response over 6,291,556 bytes is Function.ResponseSizeTooLarge; the next invocation is answered."""
    source = "def handler(event, context): return 'x' * event"
    large, after = stage.play(source, 6_291_555, 3)
    assert large.outcome is Outcome.FUNCTION_ERROR
    assert json.loads(large.payload) == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).",
    }
    assert after.payload == b'"xxx"'


def test_the_last_words_about_a_large_answer_are_in_its_log(stage: Stage) -> None:
    """Refused with 413, the runtime client ends with a stack trace: all of it comes before END, with the request id."""
    (result,) = stage.play("def handler(event, context): return 'x' * 6_300_000", None)
    words = [event for event in stage.recorder.events if "RuntimeError" in event.message]
    assert words
    assert {event.request_id for event in words} == {result.request_id}
    ends = [event for event in stage.recorder.events if event.message.startswith("END ")]
    assert stage.recorder.events.index(words[-1]) < stage.recorder.events.index(ends[0])


def test_an_answer_of_6_mb_fits(stage: Stage) -> None:
    """Lambda's limit for a response is 6,291,556 bytes."""
    (result,) = stage.play("def handler(event, context): return 'x' * event", 6_291_554)
    assert result.outcome is Outcome.OK
    assert len(result.payload) == 6_291_556


def test_a_function_that_is_not_running_says_so(stage: Stage) -> None:
    """Before start() and after stop() an invocation is refused by name."""

    async def story() -> None:
        stage.write(ECHO)
        function = stage.function()
        with pytest.raises(InvokeError, match="items is not running"):
            await function.invoke(b"{}")

    asyncio.run(story())
