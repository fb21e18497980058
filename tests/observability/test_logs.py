"""The application's logger, and Python's logging beside it: one form, one line each, with the request's ids."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI

from local.lambda_runtime import RuntimeClient
from observability import Settings, logger, observe
from observability.settings import LogLevel, SettingError
from observability.testing import SteppingClock, capture
from tests.local.lambda_runtime.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
HAS_AWSLAMBDARIC = importlib.util.find_spec("awslambdaric") is not None


def application(**settings: Any) -> FastAPI:
    app = FastAPI()
    observe(app, service="items", settings=Settings(**settings))

    @app.get("/fine/{item_id}")
    async def fine(item_id: str) -> None:
        logger.debug("looked at %s", item_id, boxes=3)
        logger.info("packed %d boxes", 3, item_id=item_id)

    @app.get("/fails")
    async def fails() -> None:
        logger.debug("about to fail", step=1)
        raise ValueError("no box")

    return app


@pytest.fixture
def get(call: Callable[..., httpx.Response]) -> Callable[..., httpx.Response]:
    return lambda app, path: call(app, "GET", path)


def test_a_line_has_the_requests_ids_and_route_and_its_own_keys(get: Callable[..., httpx.Response]) -> None:
    """It is found with the wide line of its request by any of the ids, and says where in the code it was written."""
    app = application()
    with capture(app) as seen:
        get(app, "/fine/5")
    (line,) = seen.logs
    (wide,) = seen.lines
    assert line["level"] == "INFO"
    assert line["message"] == "packed 3 boxes"
    assert line["item_id"] == "5"
    assert line["service"] == "items"
    assert line["route"] == "/fine/{item_id}"
    assert line["cold_start"] is True
    assert line["timestamp"] == "2026-01-01T00:00:00.001Z"
    assert line["location"].startswith("fine:")
    assert line["request_id"] == wide["request_id"] == "00000000-0000-4000-8000-000000000002"
    assert line["correlation_id"] == wide["correlation_id"]
    assert line["xray_trace_id"] == wide["xray_trace_id"]


def test_lines_below_the_level_are_shown_only_when_the_request_fails(get: Callable[..., httpx.Response]) -> None:
    """Of a request that went well they are forgotten; of one that failed they tell what led to it."""
    app = application()
    with capture(app) as seen:
        get(app, "/fine/5")
        assert [line["message"] for line in seen.logs] == ["packed 3 boxes"]
        get(app, "/fails")
    line = seen.logs[1]
    assert (line["level"], line["message"], line["step"], line["route"]) == ("DEBUG", "about to fail", 1, "/fails")
    assert line["request_id"] == seen.lines[1]["request_id"]
    assert line["location"].startswith("fails:")
    assert len(seen.logs) == 2


@pytest.mark.parametrize(("slow_ms", "shown"), [(1_000, 1), (60_000, 0)])
def test_lines_below_the_level_are_shown_when_the_request_is_slow(
    slow_ms: int, shown: int, get: Callable[..., httpx.Response]
) -> None:
    """From OBSERVABILITY_SLOW_MS on; here every look at the clock takes a second."""
    app = application(slow_ms=slow_ms)
    with capture(app, clock=SteppingClock(step=1.0)) as seen:
        get(app, "/fine/5")
    assert [line["message"] for line in seen.logs if line["level"] == "DEBUG"] == ["looked at 5"] * shown


@pytest.mark.parametrize(
    ("level", "messages"),
    [(LogLevel.DEBUG, ["looked at 5", "packed 3 boxes"]), (LogLevel.INFO, ["packed 3 boxes"]), (LogLevel.WARNING, [])],
)
def test_the_level_is_a_setting(level: LogLevel, messages: list[str], get: Callable[..., httpx.Response]) -> None:
    """POWERTOOLS_LOG_LEVEL: what is at or above it is written at once."""
    app = application(log_level=level)
    with capture(app) as seen:
        get(app, "/fine/5")
    assert [line["message"] for line in seen.logs] == messages


@pytest.mark.parametrize(("drawn", "count"), [(b"\x20\x00\x00\x00", 2), (b"\x40\x00\x00\x01", 1)])
def test_a_share_of_the_requests_shows_everything(drawn: bytes, count: int, get: Callable[..., httpx.Response]) -> None:
    """POWERTOOLS_LOGGER_SAMPLE_RATE, drawn once a request from the system's randomness: 0x20... is an eighth."""
    app = application(log_sample_rate=0.25)
    with capture(app, entropy=lambda size: (drawn * 4)[:size]) as seen:
        get(app, "/fine/5")
    assert len(seen.logs) == count


def test_variables_of_powertools_set_level_and_share() -> None:
    """Level names come in any case; a share that is none is refused."""
    settings = Settings.from_env({"POWERTOOLS_LOG_LEVEL": "ERROR", "POWERTOOLS_LOGGER_SAMPLE_RATE": "0.1"})
    assert (settings.log_level, settings.log_sample_rate) == (LogLevel.ERROR, 0.1)
    with pytest.raises(SettingError, match=r"POWERTOOLS_LOGGER_SAMPLE_RATE='1.5'.* a number from 0 to 1"):
        Settings.from_env({"POWERTOOLS_LOGGER_SAMPLE_RATE": "1.5"})


def test_what_is_kept_is_bounded(get: Callable[..., httpx.Response]) -> None:
    """The newest lines stay; how many had no room is told; nothing at all is kept where the setting is 0."""
    for most_bytes, kept in ((2_100, 4), (0, 0)):
        app = application(log_buffer_bytes=most_bytes)

        @app.get("/chatty")
        async def chatty() -> None:
            for number in range(50):
                logger.debug("%d %s", number, "x" * 400)
            raise ValueError

        with capture(app) as seen:
            get(app, "/chatty")
        debug = [line["message"].split()[0] for line in seen.logs if line["level"] == "DEBUG"]
        assert debug == ["46", "47", "48", "49"][:kept]
        warnings = [line["lines_dropped"] for line in seen.logs if line["level"] == "WARNING"]
        assert warnings == ([46] if kept else [])


def test_a_kept_line_is_of_its_moment(get: Callable[..., httpx.Response]) -> None:
    """What is changed after the call doesn't change the line."""
    app = application()

    @app.get("/changes")
    async def changes() -> None:
        boxes = [1]
        logger.debug("boxes: %s", boxes, boxes=boxes)
        boxes.append(2)
        raise ValueError

    with capture(app) as seen:
        get(app, "/changes")
    assert (seen.logs[0]["message"], seen.logs[0]["boxes"]) == ("boxes: [1]", [1])


def test_requests_at_the_same_time_keep_their_own_lines() -> None:
    """Each line is shown, or forgotten, with the request that wrote it."""
    app = application()

    @app.get("/wait/{name}")
    async def wait(name: str) -> None:
        for number in range(5):
            logger.debug("%s %d", name, number)
            await asyncio.sleep(0)
        if name == "bad":
            raise ValueError

    async def both() -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await asyncio.gather(client.get("/wait/bad"), client.get("/wait/good"))

    with capture(app) as seen:
        asyncio.run(both())
    assert [line["message"] for line in seen.logs] == [f"bad {number}" for number in range(5)]


@pytest.mark.parametrize("failing", [False, True])
def test_secrets_and_forgery_are_kept_out(failing: bool, get: Callable[..., httpx.Response]) -> None:  # noqa: FBT001
    """Of lines written at once and of kept ones: keys, nested keys, message, exception; control characters stay in."""
    app = application(redact=("iban",))

    @app.get("/tells")
    async def tells() -> None:
        log = logger.debug if failing else logger.warning
        try:
            int("password=s-4711")
        except ValueError:
            log("Authorization: Bearer s-4711\n{}", exc_info=True, user={"Cookie": "s-4711"}, iban="s-4711")
        if failing:
            raise LookupError

    with capture(app) as seen:
        get(app, "/tells")
    (text,) = seen.log_text
    assert "s-4711" not in text
    assert text.isprintable()
    line = json.loads(text)
    assert line["message"] == "Authorization: [redacted]\n{}"
    assert (line["user"], line["iban"]) == ({"Cookie": "[redacted]"}, "[redacted]")
    assert line["exception_name"] == "ValueError"
    assert line["exception_message"] == "invalid literal for int() with base 10: 'password=[redacted]'"
    assert "in tells\n" in line["exception"]


def test_keys_cannot_pass_for_the_lines_own(get: Callable[..., httpx.Response]) -> None:
    """A key that the line uses itself is kept under fields.<name>; LogRecord's own names are as good as any."""
    app = application()

    @app.get("/shadows")
    async def shadows() -> None:
        logger.info("real", level="CRITICAL", service="other", request_id="1", name="n", extra={"args": 2, "msg": 3})

    with capture(app) as seen:
        get(app, "/shadows")
    (line,) = seen.logs
    assert (line["level"], line["service"], line["message"]) == ("INFO", "items", "real")
    assert (line["fields.level"], line["fields.service"], line["fields.request_id"]) == ("CRITICAL", "other", "1")
    assert (line["name"], line["args"], line["msg"]) == ("n", 2, 3)


def test_a_hostile_call_breaks_nothing(get: Callable[..., httpx.Response]) -> None:
    """The client gets its answer, the line what can be said; what can't is counted."""

    class Hostile:
        def __str__(self) -> str:
            raise ValueError("no")

    app = application()

    @app.get("/hostile")
    async def hostile() -> str:
        cyclic: list[Any] = []
        cyclic.append(cyclic)
        logger.info("%d boxes", "three")
        logger.info("values", cyclic=cyclic, nan=float("nan"), lone="\ud800")
        logger.info(Hostile())
        logger.info("%s and %s", Hostile(), 1)
        return "fine"

    with capture(app) as seen:
        assert get(app, "/hostile").json() == "fine"
    misfit, values, unprintable, half = seen.logs
    assert misfit["message"] == "%d boxes three"
    assert (values["cyclic"], values["nan"], values["lone"]) == (["(cyclic)"], "nan", "\ufffd")
    assert unprintable["message"] == "(unprintable Hostile)"
    assert half["message"] == "%s and %s (unprintable Hostile) 1"
    assert seen.metrics["TelemetryFailures"] == [3]
    assert seen.lines[0]["telemetry_errors"] == ["3 value(s) of a log line that JSON can't say"]


def test_a_dictionary_is_written_as_what_it_is(get: Callable[..., httpx.Response]) -> None:
    """As Powertools' Logger does it."""
    app = application()

    @app.get("/dictionary")
    async def dictionary() -> None:
        logger.info({"boxes": 3, "token": "t"})

    with capture(app) as seen:
        get(app, "/dictionary")
    assert seen.logs[0]["message"] == {"boxes": 3, "token": "[redacted]"}


def test_keys_appended_in_a_request_end_with_it(get: Callable[..., httpx.Response]) -> None:
    """append_keys() is Powertools'; a key of one request in another's lines would be a lie."""
    app = application()

    @app.get("/appends")
    async def appends() -> None:
        logger.append_keys(tenant="t-1")
        logger.info("with")
        logger.debug("kept with")
        with logger.append_context_keys(step="packing"):
            logger.info("within")
        logger.remove_keys(["tenant"])
        logger.info("without")
        raise ValueError

    with capture(app) as seen:
        get(app, "/appends")
        get(app, "/fine/5")
    found = [(line["message"], line.get("tenant"), line.get("step")) for line in seen.logs]
    assert found == [
        ("with", "t-1", None),
        ("within", "t-1", "packing"),
        ("without", None, None),
        ("kept with", "t-1", None),
        ("packed 3 boxes", None, None),
    ]


def test_powertools_own_logger_writes_the_same_line(get: Callable[..., httpx.Response]) -> None:
    """Code that has it already, its kept lines included: same keys, same level rule, and each once."""
    app = application()

    @app.get("/powertools")
    async def with_powertools() -> None:
        theirs = logger.powertools()
        theirs.debug("kept", boxes=1)
        theirs.info("packed", boxes=3)
        logger.info("packed", boxes=3)
        raise ValueError

    with capture(app) as seen:
        get(app, "/powertools")
    from_theirs, from_ours, kept = seen.logs
    assert from_theirs.keys() == from_ours.keys() == kept.keys()
    assert (from_theirs["message"], from_theirs["boxes"], from_theirs["route"]) == ("packed", 3, "/powertools")
    assert from_theirs["location"].startswith("with_powertools:")
    assert (kept["level"], kept["message"], kept["boxes"]) == ("DEBUG", "kept", 1)


def test_a_missing_powertools_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install; plain lines need nothing."""
    monkeypatch.setitem(sys.modules, "aws_lambda_powertools", None)
    observe(FastAPI(), service="without-powertools", settings=Settings())
    with pytest.raises(ImportError, match="pip install aws-lambda-powertools"):
        logger.append_keys(a=1)


def test_others_that_listen_hear_the_lines(
    get: Callable[..., httpx.Response], caplog: pytest.LogCaptureFixture
) -> None:
    """A written line passes through Python's logging, for error trackers and tests."""
    app = application()
    with capture(app):
        get(app, "/fine/5")
    assert [(one.name, one.getMessage()) for one in caplog.records] == [("items", "packed 3 boxes")]


def test_powertools_is_not_loaded_for_a_line(tmp_path: Path) -> None:
    """A cold start doesn't pay for it, nor for `logging` before the first written line; append_keys() does."""
    code = """
import sys
from observability import logger
def loaded():
    print([name for name in ("logging", "aws_lambda_powertools", "traceback") if name in sys.modules])
loaded()
logger.debug("dropped")
loaded()
logger.info("written")
print("aws_lambda_powertools" in sys.modules)
logger.append_keys(tenant="t-1")
print("aws_lambda_powertools" in sys.modules)
logger.info("and again")
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    first, second, written, before, after, again = done.stdout.splitlines()
    assert (first, second, before, after) == ("[]", "[]", "False", "True")
    assert json.loads(written)["message"] == "written"
    assert json.loads(again)["tenant"] == "t-1"
    assert done.stderr == ""


LIBRARY_APP = """
import logging
from fastapi import FastAPI
from observability import lambda_handler, logger, observe
app = FastAPI()
observe(app, service="items")
library = logging.getLogger("more.items.library")
logger.powertools()  # which would have the root's handlers ignore every logger with "items" in its name
logger.info("starting")

@app.get("/logs")
async def logs():
    library.warning("odd: %s", 7, extra={"attempt": 2, "token": "s-4711"})
    library.debug("quiet")
    logger.info("ours")
    try:
        1 / 0
    except ZeroDivisionError:
        library.exception("broken")

handler = lambda_handler(app)
"""


@pytest.mark.skipif(not HAS_AWSLAMBDARIC, reason="awslambdaric has no wheel for this system")
@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_in_lambda_every_library_logs_in_our_form(log_format: str, tmp_path: Path) -> None:
    """The runtime client's handler is replaced: each record is one line of JSON, with the ids of its request."""
    stage = Stage(tmp_path, RuntimeClient.AWSLAMBDARIC)
    environment = {"PYTHONPATH": str(ROOT), "OBSERVABILITY_TRACING": "off"}
    event = {
        "resource": "/{proxy+}",
        "path": "/logs",
        "httpMethod": "GET",
        "headers": {},
        "requestContext": {"requestId": "gw-1", "stage": "prod", "path": "/logs", "identity": {}},
        "body": None,
        "isBase64Encoded": False,
    }
    (result,) = stage.play(LIBRARY_APP, event, environment=environment, log_format=log_format, memory_mb=512)
    starting, odd, ours, broken, wide = map(json.loads, stage.recorder.function)
    assert (starting["message"], starting["service"], "request_id" in starting) == ("starting", "items", False)
    assert (odd["level"], odd["logger"], odd["message"], odd["attempt"]) == (
        "WARNING",
        "more.items.library",
        "odd: 7",
        2,
    )
    assert odd["token"] == "[redacted]"
    assert (ours["message"], "logger" in ours) == ("ours", False)
    assert (broken["exception_name"], broken["level"]) == ("ZeroDivisionError", "ERROR")
    for line in (odd, ours, broken, wide):
        assert (line["function_request_id"], line["request_id"]) == (result.request_id, "gw-1")
        assert (line["route"], line["service"], line["cold_start"]) == ("/logs", "items", True)


@pytest.mark.skipif(not HAS_AWSLAMBDARIC, reason="awslambdaric has no wheel for this system")
def test_the_runtimes_handler_can_stay(tmp_path: Path) -> None:
    """With OBSERVABILITY_CAPTURE_LOGGING=off libraries log as before, and our lines still are there once."""
    source = LIBRARY_APP.replace('@app.get("/logs")', 'library.warning("theirs")\n@app.get("/logs")')
    stage = Stage(tmp_path, RuntimeClient.AWSLAMBDARIC)
    environment = {"PYTHONPATH": str(ROOT), "OBSERVABILITY_CAPTURE_LOGGING": "off"}
    stage.play(source, {"no": "request"}, environment=environment, memory_mb=512)
    starting, theirs = stage.recorder.function[:2]
    assert json.loads(starting)["message"] == "starting"
    assert theirs.startswith("[WARNING]\t")
    assert sum("starting" in line for line in stage.recorder.function) == 1


def test_handlers_that_somebody_chose_stay() -> None:
    """observe() replaces those of Lambda's runtime client and of uvicorn, no other; in a test it leaves none behind."""
    before = list(logging.root.handlers)
    observe(FastAPI(), settings=Settings(function_name="items-fn"))
    assert logging.root.handlers == before
