"""A runtime client on the standard library alone, for systems that awslambdaric has no wheel for (macOS).

A sandbox runs this file as a script; it imports nothing of ours. It does what awslambdaric does in text and JSON log
format: initialise, then ask, run, answer, for ever. Source: the AWS pages "Using the Lambda runtime API" and "Using the
Lambda context object to retrieve Python function information".
"""

import contextlib
import decimal
import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, NoReturn

API = "/2018-06-01/runtime/"
CAUSE_LIMIT_BYTES = 1024 * 1024
JSON_LOGS = "JSON"

Handler = Callable[[Any, "Context"], Any]
Headers = http.client.HTTPMessage


class RuntimeFault(Exception):
    """Something that the runtime client itself refuses; `kind` is Lambda's error type."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.trace = trace or []


class Context:
    """The second argument of a handler."""

    def __init__(self, environ: Mapping[str, str], headers: Headers) -> None:
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
        self.client_context = _client_context(headers.get("Lambda-Runtime-Client-Context"))
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message: object) -> None:
        sys.stdout.write(str(message))


class Api:
    """The Runtime API, over one connection that is kept."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address)

    def next(self) -> tuple[Headers, bytes]:
        response, body = self._call("GET", "invocation/next", None, {})
        return response.headers, body

    def answer(self, request_id: str, body: bytes) -> None:
        self._post(f"invocation/{request_id}/response", body, {"Content-Type": "application/json"})

    def fail(self, path: str, error: dict[str, Any], cause: str = "") -> None:
        headers = {"Lambda-Runtime-Function-Error-Type": error["errorType"], "Content-Type": "application/json"}
        if 0 < len(cause) < CAUSE_LIMIT_BYTES:
            headers["Lambda-Runtime-Function-XRay-Error-Cause"] = cause
        self._post(path, json.dumps(error).encode(), headers)

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        response, text = self._call("POST", path, body, headers)
        if response.status != http.client.ACCEPTED:
            raise RuntimeError(f"{path}: {response.status} {text.decode(errors='replace')}")

    def _call(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method, API + path, body, headers)
        response = self._connection.getresponse()
        return response, response.read()


def load_handler(name: str) -> Handler:
    """`package/module.function` or `package.module.function`. Raises RuntimeFault."""
    module_name, dot, function = name.rpartition(".")
    if not dot:
        raise RuntimeFault("Runtime.MalformedHandlerName", f"Bad handler '{name}': it must be module.function")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise RuntimeFault("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise RuntimeFault("Runtime.UserCodeSyntaxError", message, trace) from error
    try:
        handler: Handler = getattr(module, function)
    except AttributeError as error:
        message = f"Handler '{function}' missing on module '{module_name}'"
        raise RuntimeFault("Runtime.HandlerNotFound", message) from error
    return handler


def describe(error: BaseException, request_id: str = "") -> dict[str, Any]:
    """The error object that is posted, and that Invoke returns."""
    if isinstance(error, RuntimeFault):
        kind, trace = error.kind, error.trace
    else:
        kind, trace = type(error).__name__, traceback.format_list(_frames(error))
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}


def cause_of(error: BaseException) -> str:
    """The error as the `cause` of an X-Ray segment, in JSON."""
    frames = [] if isinstance(error, RuntimeFault) else _frames(error)
    stack = [{"label": frame.name, "path": frame.filename, "line": frame.lineno} for frame in frames]
    kind = "LambdaValidationError" if isinstance(error, RuntimeFault) else type(error).__name__
    exception = {"message": str(error), "type": kind, "stack": stack}
    paths = sorted({frame.filename for frame in frames})
    return json.dumps({"working_directory": os.getcwd(), "exceptions": [exception], "paths": paths})  # noqa: PTH109 - pathlib costs a cold start


def encode(response: object) -> bytes:
    """A handler's answer as JSON; bytes are let be. Raises RuntimeFault."""
    if isinstance(response, bytes):
        return response
    try:
        return json.dumps(response, default=_encode_other).encode()
    except Exception as error:  # a handler's objects may raise anything
        raise RuntimeFault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def log_error(error: dict[str, Any], log_format: str | None) -> None:
    """One line; carriage returns stand for the line ends inside it."""
    if log_format == JSON_LOGS:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = json.dumps({"timestamp": stamp, "level": "ERROR", **error})
    else:
        trace = [text for entry in error["stackTrace"] for text in entry.splitlines()]
        first = f"[ERROR] {error['errorType']}: {error['errorMessage']}"
        line = "\r".join([first, "Traceback (most recent call last):", *trace])
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class LogFormatter(logging.Formatter):
    """The root logger's lines, as awslambdaric writes them; `request_id` is the one at hand."""

    def __init__(self, log_format: str | None) -> None:
        super().__init__()
        self.converter = time.gmtime
        self._json = log_format == JSON_LOGS
        self.request_id = ""

    def format(self, record: logging.LogRecord) -> str:
        if self._json:
            return self._as_json(record)
        stamp = f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z"
        text = f"[{record.levelname}]\t{stamp}\t{self.request_id}\t{record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text

    def _as_json(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["stackTrace"] = traceback.format_tb(error.__traceback__)
            line |= {"errorType": type(error).__name__, "errorMessage": str(error)}
        if self.request_id:
            line["requestId"] = self.request_id
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logging(environ: Mapping[str, str]) -> LogFormatter:
    formatter = LogFormatter(environ.get("AWS_LAMBDA_LOG_FORMAT"))
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    level = environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    if level:
        logging.getLogger().setLevel({"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level))
    return formatter


def serve(api: Api, handler: Handler, environ: Mapping[str, str], formatter: LogFormatter) -> NoReturn:
    """Asks for work, runs it, answers, until the Runtime API is gone."""
    while True:
        headers, body = api.next()
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        formatter.request_id = request_id
        _set_trace(headers.get("Lambda-Runtime-Trace-Id"))
        try:
            answer = _run(handler, environ, headers, body)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its answer
            description = describe(error, request_id)
            log_error(description, environ.get("AWS_LAMBDA_LOG_FORMAT"))
            api.fail(f"invocation/{request_id}/error", description, cause_of(error))
        else:
            sys.stdout.flush()
            api.answer(request_id, answer)


def main(handler_name: str) -> None:
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - pathlib costs a cold start
    environ = os.environ
    api = Api(environ["AWS_LAMBDA_RUNTIME_API"])
    formatter = set_up_logging(environ)
    try:
        handler = load_handler(handler_name)
    except Exception as error:  # noqa: BLE001 - whatever a module raises is why initialisation failed
        description = describe(error)
        log_error(description, environ.get("AWS_LAMBDA_LOG_FORMAT"))
        api.fail("init/error", description)
        sys.exit(1)
    with contextlib.suppress(ConnectionError, http.client.HTTPException):  # the Runtime API is gone: so is the sandbox
        serve(api, handler, environ, formatter)


def _run(handler: Handler, environ: Mapping[str, str], headers: Headers, body: bytes) -> bytes:
    try:
        event = json.loads(body)
    except ValueError as error:
        raise RuntimeFault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
    return encode(handler(event, Context(environ, headers)))


def _client_context(text: str | None) -> SimpleNamespace | None:
    if not text:
        return None
    given = json.loads(text)
    client = given.get("client")
    names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
    parts = None if client is None else SimpleNamespace(**{name: client.get(name) for name in names})
    return SimpleNamespace(custom=given.get("custom"), env=given.get("env"), client=parts)


def _encode_other(value: object) -> float | int:
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _frames(error: BaseException) -> traceback.StackSummary:
    """The frames of the user's own code: the first ones are this file's and importlib's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = next((at for at, frame in enumerate(frames) if frame.filename != __file__), 0)
    return traceback.StackSummary.from_list(frames[own:])


def _set_trace(header: str | None) -> None:
    if header is None:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    else:
        os.environ["_X_AMZN_TRACE_ID"] = header


if __name__ == "__main__":
    main(sys.argv[1])
