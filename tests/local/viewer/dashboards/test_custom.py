"""Custom widgets: what is sent to their function, and what becomes of its answer.

CloudWatch User Guide, "Details about custom widgets": parameters and widgetContext; HTML, {"markdown": ...} or JSON.
"""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.viewer.aws import Aws, NotAllowed
from local.viewer.dashboards.custom import MOST_BYTES, Context, draw_custom, offered, run
from local.viewer.dashboards.entries import NotDrawable
from local.viewer.dashboards.plan import Widget, plan
from local.viewer.place import Place
from tests.local.viewer.laptop import Laptop

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders"
CONTEXT = Context("shop", 1000.0, 2000.5)


def custom(**properties: Any) -> Widget:
    (widget,) = plan(
        {"widgets": [{"type": "custom", "properties": {"endpoint": ARN, "title": "Orders", **properties}}]}
    )
    return widget


@dataclass
class Function:
    """Speaks Lambda's Invoke over HTTP."""

    url: str
    answer: bytes = b'"<b>hello</b>"'
    fails: bool = False
    asked: list[tuple[str, Any]] = field(default_factory=list)


@pytest.fixture
def function() -> Iterator[Function]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.asked.append((self.path, json.loads(body)))
            self.send_response(200)
            if found.fails:
                self.send_header("X-Amz-Function-Error", "Unhandled")
            self.send_header("Content-Length", str(len(found.answer)))
            self.end_headers()
            self.wfile.write(found.answer)

        def log_message(self, *_: object) -> None:
            """Nothing of it in the tests' output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Function(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def run_in(place: Place, widget: Widget) -> Any:
    aws = Aws(place)
    try:
        return asyncio.run(run(aws, widget, CONTEXT))
    finally:
        aws.close()


def test_a_function_is_invoked_and_its_answer_drawn(function: Function) -> None:
    """By its ARN, with the parameters beside the context."""
    found = run_in(Place(endpoint_url=function.url), custom(params={"days": 7}))
    assert found == {"key": "w0", "title": "Orders", "kind": "custom-page", "html": "<b>hello</b>"}
    ((path, event),) = function.asked
    assert path == "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aorders/invocations"
    context = event.pop("widgetContext")
    assert event == {"days": 7}
    assert (context["dashboardName"], context["widgetId"], context["params"]) == ("shop", "w0", {"days": 7})
    assert context["timeRange"] == {"mode": "absolute", "start": 1_000_000, "end": 2_000_500}


def test_a_function_that_fails_says_so(function: Function) -> None:
    """Its error stands in the widget's place; an answer that is too long is not shown in part."""
    function.fails, function.answer = True, b'{"errorMessage": "on purpose"}'
    found = run_in(Place(endpoint_url=function.url), custom())
    assert found["kind"] == "problem"
    assert found["message"] == f'{ARN} failed: {{"errorMessage": "on purpose"}}'
    function.fails, function.answer = False, b'"' + b"x" * MOST_BYTES + b'"'
    with pytest.raises(NotDrawable, match=f"answered with more than {MOST_BYTES} bytes"):
        run_in(Place(endpoint_url=function.url), custom())


@pytest.mark.parametrize(
    ("payload", "kind", "shown"),
    [
        (b'{"markdown": "**12** <b>x</b>"}', "custom-page", "<p><strong>12</strong> &lt;b&gt;x&lt;/b&gt;</p>\n"),
        (b'{"markdown": "x", "more": 1}', "custom-text", '{\n  "markdown": "x",\n  "more": 1\n}'),
        (b"[1]", "custom-text", "[\n  1\n]"),
        (b"<html>", "problem", "what the function answered is no JSON: <html>"),
    ],
)
def test_what_an_answer_becomes(payload: bytes, kind: str, shown: str) -> None:
    """A string is HTML, an object with markdown alone is Markdown, all else is JSON."""
    document = draw_custom(custom(), payload)
    assert document["kind"] == kind
    assert shown in (document.get("html"), document.get("text"), document.get("message"))


def test_an_account_is_only_read() -> None:
    """Unless the viewer was started otherwise: nothing leaves it, and the place says how."""
    with pytest.raises(NotAllowed, match="--run-custom-widgets lets it"):
        run_in(Place(region="us-east-1"), custom())
    assert offered(custom(), may_run=Place(region="us-east-1").may_run_widgets)["may_run"] is False
    assert Place(region="us-east-1", runs_widgets=True).may_run_widgets


def test_no_link_runs_a_function(empty: Laptop) -> None:
    """Neither a link that one follows nor another site's script: only this viewer's own page sends what it takes."""
    path = empty.dashboard("custom", {"type": "custom", "properties": {"endpoint": ARN}})
    (document,) = empty.data(f"{path}/data")["widgets"]
    assert (document["kind"], document["function"], document["may_run"]) == ("custom", ARN, True)
    own = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    for headers in ({}, {"X-Run-Widget": "1"}, own, {"Sec-Fetch-Site": "none", "X-Run-Widget": "1"}):
        assert empty.get(f"{path}/custom/w0", **headers)[0] == 404
    status, text, _ = empty.get(f"{path}/custom/w0", **own, **{"X-Run-Widget": "1"})
    assert (status, json.loads(text)["kind"]) == (200, "problem")  # this laptop has no Lambda
