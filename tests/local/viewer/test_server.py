import asyncio
import http.client
import re
from urllib.parse import urlsplit

import botocore.session
import pytest

from local.viewer.allowed import ALLOWED
from local.viewer.aws import Aws, CallFailed, NotAllowed
from local.viewer.place import Place
from local.viewer.routes import PAGES
from local.viewer.security import refusal
from tests.local.viewer.laptop import Laptop

READS = re.compile(r"(Get|List|Describe|Filter|BatchGet)\w*|StartQuery|StopQuery|StartLiveTail")
PATHS = ["/", "/dashboards", "/alarms", "/runbook", "/gallery"]


def ask(laptop: Laptop, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(laptop.url).netloc, timeout=60)
    connection.request(method, path, headers={key.replace("_", "-"): value for key, value in headers.items()})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("path", PATHS)
def test_pages_answer_with_a_strict_policy(empty: Laptop, path: str) -> None:
    """No script but the viewer's files, none inline, no style attribute, no frame of another site, nothing kept."""
    status, text, headers = empty.get(path)
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert status == 200
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<[a-z][^>]*\s(?:style|on[a-z]+)=", text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)', re.sub(r"<a [^>]*>", "", text))


def test_a_nonce_is_used_once(empty: Laptop) -> None:
    """Each answer has its own."""
    nonces = {re.search(r"nonce-([\w-]+)", empty.get("/gallery")[2]["Content-Security-Policy"])[1] for _ in range(3)}  # type: ignore[index]
    assert len(nonces) == 3


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {}, 200),
        ("HEAD", {}, 200),
        ("GET", {"Host": "localhost:8001"}, 200),
        ("GET", {"Host": "evil.example"}, 403),
        ("GET", {"Host": "127.0.0.1.evil.example"}, 403),
        ("POST", {}, 403),
        ("PUT", {}, 403),
        ("DELETE", {}, 403),
        ("GET", {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "cors"}, 403),
        ("GET", {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}, 403),
        ("GET", {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}, 200),
        ("GET", {"Sec_Fetch_Site": "same-origin", "Sec_Fetch_Mode": "cors"}, 200),
    ],
)
def test_who_is_answered(empty: Laptop, method: str, headers: dict[str, str], status: int) -> None:
    """Loopback names only, GET only; another site may lead here by a link, and fetch nothing."""
    assert ask(empty, method, "/gallery/data", **headers).status == status


def test_refusals_say_why() -> None:
    """What would be right is in the sentence."""
    assert refusal("GET", {"Host": "evil.example"}) == "no host 'evil.example' here; 127.0.0.1 and localhost are"
    assert refusal("POST", {"Host": "localhost"}) == "POST is not taken: the viewer only reads"


def test_operations_only_read() -> None:
    """All that may be called exist in botocore's models, and by their names they only read."""
    session = botocore.session.get_session()
    for service, operations in ALLOWED.items():
        known = session.get_service_model(service).operation_names
        assert operations <= set(known)
        assert [name for name in operations if not READS.fullmatch(name)] == []


def test_a_write_never_leaves_the_process() -> None:
    """Refused before a client is made, by its name."""
    for service, operation in (("cloudwatch", "PutMetricData"), ("lambda", "Invoke"), ("s3", "ListBuckets")):
        with pytest.raises(NotAllowed, match=f"{service}:{operation} is not among the operations"):
            asyncio.run(Aws(Place(endpoint_url="http://127.0.0.1:1")).call(service, operation))


def test_a_failure_names_the_call_and_what_to_do() -> None:
    """Where the laptop's AWS is gone: which call failed, why, and whether make run still runs."""
    with pytest.raises(CallFailed, match="cloudwatch:ListDashboards failed: EndpointConnectionError") as caught:
        asyncio.run(Aws(Place(endpoint_url="http://127.0.0.1:1")).call("cloudwatch", "ListDashboards"))
    assert caught.value.advice == "The local AWS does not answer: is `make run` still running?"


def test_pages_and_data_say_what_went_wrong(empty: Laptop) -> None:
    """A page for people, JSON for scripts, with the status that fits."""
    status, text, _ = empty.get("/dashboards/none")
    assert (status, "There is no dashboard &#39;none&#39; here." in text) == (404, True)
    assert empty.data("/dashboards/none/data") == {
        "error": "There is no dashboard 'none' here.",
        "call": "",
        "advice": "",
    }
    status, text, _ = empty.get("/gallery?start=never")
    assert (status, "start=&#39;never&#39; is wrong" in text) == (400, True)
    status, text, _ = empty.get("/nothing")
    assert (status, "There is no page /nothing here." in text) == (404, True)
    assert empty.get("/static/..%2Fserver.py")[0] == 404
    assert empty.get("/static/server.py")[0] == 404


def test_every_page_of_the_nav_is_there(empty: Laptop) -> None:
    """One <nav> with all of them; each says which one it is."""
    linked = [page for page in PAGES if page.link]
    assert len({page.key for page in linked}) == len(linked)
    for page in linked:
        status, text, _ = empty.get(page.path)
        assert status == 200, page.path
        assert text.count("<nav") == 1
        assert re.search(rf'<a href="{re.escape(page.path)}"[^>]* aria-current="page">{page.link}</a>', text)
