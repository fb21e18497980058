import json
from typing import Any

from playwright.sync_api import expect

from tests.browser import Pending
from tests.local.viewer.observed import telemetry
from tests.local.viewer.observed.conftest import Tab
from tests.local.viewer.observed.laptop import Laptop
from tests.local.viewer.observed.telemetry import GROUP, HOSTILE

NUMBER = 90_000
HALF = "\\ud800"  # half a character, as JSON can spell it
LINES = (
    HOSTILE,
    f"[ERROR] {HOSTILE}",
    json.dumps({"level": HOSTILE, "message": HOSTILE, HOSTILE: HOSTILE, "route": HOSTILE, "xray_trace_id": HOSTILE}),
    '{"message":"' + HALF + '","' + HALF + '":"' + HALF + '"}',
    "\u202ebackwards \x1b[31mred\x07 \x00 {{7*7}} ${alert(1)} javascript:alert(1)",
    '{"a":' * 3000,
)


def hostile_trace(observed: Laptop) -> str:
    """A request whose URL, names, annotations, metadata, SQL and stack are all markup."""
    start = observed.now_s - 45
    found: list[dict[str, Any]] = telemetry.documents(NUMBER + 5, start)
    api, handler = found[0], found[3]
    api["http"]["request"] = {"url": f"javascript:alert(1)//{HOSTILE}", "method": HOSTILE}
    api["user"] = HOSTILE
    handler["annotations"] = {"route": HOSTILE, "also": '"><script>alert(1)</script>'}
    handler["metadata"] = {HOSTILE: {HOSTILE: HOSTILE, "half": "\ud800"}}
    handler["aws"] = {"operation": HOSTILE, "table_name": HOSTILE}
    frame = {"path": HOSTILE, "line": 1, "label": HOSTILE}
    exception = {"id": "00000000000000aa", "type": HOSTILE, "message": HOSTILE, "stack": [frame]}
    handler |= {"fault": True, "cause": {"exceptions": [exception]}, "sql": {"sanitized_query": HOSTILE}}
    observed.traces.put_many(found)
    observed.traces.settle()
    observed.logs.put(list(telemetry.lines(NUMBER + 5, start)))
    observed.write(*[f"{line} {api['trace_id']}" for line in LINES], at_s=start)
    observed.write(*LINES)
    return str(api["trace_id"])


def test_nothing_from_telemetry_is_markup(tab: Tab, observed: Laptop) -> None:
    """On every page, opened as far as it goes: no script runs, no image is asked for, the console says nothing."""
    trace = hostile_trace(observed)
    other = observed.trace_id(1, 120)
    asked: list[str] = []
    pending = Pending(tab.page)
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.page.on("dialog", lambda dialog: asked.append(dialog.message))
    for path in (
        "/traces",
        f"/traces/{trace}",
        f"/traces/compare?a={trace}&b={other}",
        "/map",
        f"/logs?group={GROUP}",
        f"/logs/insights?group={GROUP}&query=fields+%40timestamp,+%40message,+route+%7C+sort+%40timestamp+desc",
        "/lambda",
        "/traces?filter=" + "%3Cscript%3Ealert(1)%3C/script%3E",
        "/logs?group=%3Cscript%3Ealert(1)%3C/script%3E&pattern=%22%3E%3Cscript%3E",
    ):
        page = tab.open(path)
        pending.settle()
        page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
        for button in page.locator("#result .open").all()[:5]:
            button.click()
        pending.settle()
        assert page.locator("img[src='x'], main script, a[href^='javascript']").count() == 0
        assert "owned" not in page.title()
        if "%3C" in path:
            tab.complaints.clear()  # the refused call, which the page tells of
    assert all(url.startswith(tab.site) for url in asked)


def test_what_is_hostile_is_shown_as_it_is(tab: Tab, observed: Laptop) -> None:
    """As text: markup can be read, halves of characters are U+FFFD, the rest of the line is not lost."""
    trace = hostile_trace(observed)
    page = tab.open(f"/traces/{trace}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>")
    lines = page.locator("#logs .line")
    expect(lines).not_to_have_count(0)
    expect(lines.filter(has_text="<img src=x onerror=").first).to_be_visible()
    status, text = observed.get(f"/logs/tail?group={GROUP}&since=0", data=True)
    assert status == 200
    assert any(
        event["summary"] == "\ufffd" or "\\ud800" in event["parts"][0][0] for event in json.loads(text)["events"]
    )
