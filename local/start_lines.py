"""PURE: what `up` prints when it is ready."""

from collections.abc import Iterator
from dataclasses import dataclass

from local.code import Served
from local.request_line import HEADER
from local.settings import Settings
from local.template import Application

# What people of this project look at first; the gateway itself knows no route.
DOCS, HEALTH = "/docs", "/api/health"
USUAL_REGION = "us-east-1"  # where neither AWS_REGION nor AWS_DEFAULT_REGION is set


@dataclass(frozen=True, slots=True)
class Urls:
    """Where people reach what runs: `xray` is host:port."""

    api: str
    aws: str
    viewer: str
    xray: str


@dataclass(frozen=True, slots=True)
class Started:
    """What runs, and where."""

    settings: Settings
    application: Application
    served: Served
    shaping: str
    urls: Urls


def start_lines(started: Started) -> list[str]:
    return [f"{name:10} {text}" for name, text in _rows(started)] + [
        "Ctrl-C stops it all.",
        "",
        HEADER,
    ]


def python_of(application: Application, served: Served) -> str:
    """`python 3.11.7`, and the template's version where it is another one."""
    deployed = application.function.runtime.removeprefix("python")
    running = ".".join(served.python.split(".")[:2])
    differs = "" if running == deployed else f" (not the template's python{deployed}, which is what gets deployed)"
    return f"python {served.python}{differs}"


def _rows(started: Started) -> Iterator[tuple[str, str]]:
    application, function = started.application, started.application.function
    urls = started.urls
    invoked = f"{function.name}:{application.alias}" if application.alias else function.name
    yield "API", urls.api
    yield "docs", f"{urls.api}{DOCS}"
    yield "health", f"{urls.api}{HEALTH}"
    yield "X-Ray", f"udp {urls.xray}"
    region = "" if function.region == USUAL_REGION else f" --region {function.region}"
    yield "AWS", f"{urls.aws}  (aws --endpoint-url {urls.aws}{region} ...)"
    yield "viewer", f"{urls.viewer}  (dashboards, alarms, traces, logs)"
    yield (
        "function",
        f"{invoked}: {function.memory_mb} MB, timeout {function.timeout_s:g} s, {_concurrency(started)}",
    )
    yield "code", f"{started.served.source}, {python_of(application, started.served)}"
    yield "runtime", started.served.client
    yield "shaping", started.shaping
    yield "files", f"{started.settings.dir}/"
    if application.overridden:
        yield "overridden", f"{', '.join(application.overridden)}: taken from this environment, not from the template"
    for left_out in application.left_out:
        yield "left out", f"{left_out.variable}: {left_out.reason}"
    if application.passed:
        yield "passed on", ", ".join(application.passed)
    if application.not_run:
        yield "not run", ", ".join(application.not_run)


def _concurrency(started: Started) -> str:
    function = started.application.function
    reserved = function.reserved_concurrency
    limit = "no concurrency limit of its own" if reserved is None else f"at most {reserved} at once"
    return f"{limit}, {function.provisioned_concurrency} provisioned" if function.provisioned_concurrency else limit
