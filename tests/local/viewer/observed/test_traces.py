import re

from playwright.sync_api import expect

from tests.local.viewer.observed import telemetry
from tests.local.viewer.observed.conftest import COUNT, Tab
from tests.local.viewer.observed.laptop import Laptop

FAULT = 5  # a request that failed, with a query of a database


def rows(tab: Tab) -> list[str]:
    return tab.page.locator("table.traces tbody tr").all_inner_texts()


def test_the_list_leads_to_a_trace(tab: Tab) -> None:
    """The latest first; each with outcome, time, request and annotations; its request opens it."""
    page = tab.open("/traces")
    expect(page.locator("table.traces tbody tr")).to_have_count(COUNT)
    assert "GET /orders/{order_id}" in rows(tab)[0] or "POST /orders/{order_id}" in rows(tab)[0]
    page.locator("table.traces td.request a").first.click()
    expect(page.locator("#waterfall .span")).not_to_have_count(0)


def test_filters_are_xrays(tab: Tab) -> None:
    """A filter expression finds what it says: 9 of 120 requests failed; an annotation leads to those that have it."""
    page = tab.open("/traces")
    page.get_by_label("Filter", exact=True).fill("fault = true")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("table.traces tbody tr")).to_have_count(9)
    page.locator("a.tag", has_text="customer=0").first.click()
    expect(page.get_by_label("Filter", exact=True)).to_have_value("annotation[customer] = 0")
    expect(page.locator("table.traces tbody tr")).to_have_count(24)


def test_a_wrong_filter_is_said(tab: Tab) -> None:
    """The call that refused it is named, its reason said, the filter is still there to be mended."""
    page = tab.open("/traces?filter=nonsense+%3D")
    expect(page.get_by_role("alert")).to_contain_text("xray:GetTraceSummaries")
    expect(page.get_by_label("Filter", exact=True)).to_have_value("nonsense =")


def test_the_histogram_is_brushed(tab: Tab) -> None:
    """Dragging over its last bars leaves the slow traces alone, and the URL says which."""
    page = tab.open("/traces")
    bars = page.locator("#histogram .bar")
    last, before = bars.nth(bars.count() - 1).bounding_box(), bars.nth(bars.count() - 4).bounding_box()
    assert last
    assert before
    page.mouse.move(before["x"] + 4, last["y"] + last["height"] - 1)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] - 2, last["y"] - 5, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile(r"[?&]from=0\.\d+&to="))
    expect(page.locator("table.traces tbody tr")).not_to_have_count(COUNT)
    assert all(re.search(r"\t(\d+) ms|\t1(\.\d+)? s", row) for row in rows(tab))


def test_a_point_is_a_trace(tab: Tab, observed: Laptop) -> None:
    """A click on a point of the scatter opens its trace."""
    page = tab.open("/traces?filter=fault+%3D+true")
    page.locator("#scatter .dot").first.click(force=True)
    page.wait_for_url(re.compile(r"/traces/1-[0-9a-f]{8}-"))


def test_two_are_compared(tab: Tab) -> None:
    """Two ticked traces stand side by side: rows of the same name with their difference, annotations that differ."""
    page = tab.open("/traces")
    boxes = page.get_by_role("checkbox")
    expect(page.get_by_role("button", name="Compare two (0 ticked)")).to_be_disabled()
    boxes.nth(0).check()
    boxes.nth(4).check()
    page.get_by_role("button", name="Compare two (2 ticked)").click()
    expect(page.locator("table.compared tbody tr").first).to_contain_text("shop/dev")
    expect(page.get_by_role("heading", name="Annotations that differ")).to_be_visible()


def test_the_waterfall(tab: Tab, observed: Laptop) -> None:
    """Segments and subsegments below what called them; a fault's exception with its stack, annotations, SQL."""
    page = tab.open(f"/traces/{observed.trace_id(FAULT, COUNT)}")
    assert page.locator("#waterfall .name b").all_inner_texts() == [
        "shop/dev",
        "shop-api",
        "shop-api",
        "Invocation",
        "GET /items",
        "DynamoDB",
        "orders@db.example.com",
    ]
    page.get_by_text("2 faults").click()
    expect(page.locator("#row-0 .panel")).to_contain_text("request.url")
    page.get_by_text("2 faults").click()
    handler = page.locator("#row-4")
    expect(handler).to_contain_text("KeyError: 'price'")
    expect(handler).to_contain_text("service/store.py:17")
    expect(handler).to_contain_text("made up")
    expect(handler.get_by_title("Traces with this annotation").filter(has_text="/items")).to_have_count(1)
    expect(page.locator("#row-5")).to_contain_text("GetItem items AWS::DynamoDB::Table")
    page.locator("#row-7 summary").click()
    expect(page.locator("#row-7 .panel")).to_contain_text("SELECT * FROM orders WHERE id = ?")


def test_a_trace_of_five_hundred_subsegments(tab: Tab, observed: Laptop) -> None:
    """All of them are there, each opens, and a fold hides them all at once."""
    start = observed.now_s - 14_400  # before the time that the lists look at
    found = telemetry.documents(70_000, start)
    found[3]["subsegments"] = [
        {"id": f"{number:016x}", "name": f"step {number}", "start_time": start + number / 1000, "end_time": start + 1.0}
        for number in range(500)
    ]
    observed.traces.put_many(found)
    observed.traces.settle()
    page = tab.open(f"/traces/{telemetry.trace_id(70_000, start)}")
    expect(page.locator("#waterfall .span")).to_have_count(506)
    last = page.locator("#waterfall .span").last
    last.locator("summary").click()
    expect(last.locator(".panel")).to_contain_text("00000000000001f3")
    page.get_by_role("button", name="Fold what shop/dev called").click()
    expect(last).to_be_hidden()


def test_a_cold_start_is_seen(tab: Tab, observed: Laptop) -> None:
    """The init that a request waited for is a row and a word in the head."""
    page = tab.open(f"/traces/{observed.trace_id(20, COUNT)}")
    expect(page.locator(".facts")).to_contain_text("cold start: 420 ms init")
    expect(page.locator("#waterfall .what.init")).to_have_count(1)


def test_its_logs_are_beneath(tab: Tab, observed: Laptop) -> None:
    """The lines that name the trace and those of its invocation, in their order; one opens to its fields."""
    page = tab.open(f"/traces/{observed.trace_id(FAULT, COUNT)}")
    lines = page.locator("#logs .line")
    expect(lines).to_have_count(4)
    expect(lines.nth(0)).to_contain_text("START RequestId: 00000000-0000-4000-8000-000000000005")
    expect(lines.nth(3)).to_contain_text("REPORT RequestId")
    lines.nth(1).locator("summary").click()
    expect(lines.nth(1).locator("dt", has_text="function_request_id")).to_be_visible()


def test_raw_documents(tab: Tab, observed: Laptop) -> None:
    """Each document as X-Ray has it, indented."""
    page = tab.open(f"/traces/{observed.trace_id(FAULT, COUNT)}")
    page.get_by_text("Raw documents").click()
    expect(page.locator("#raw pre").first).to_contain_text('"trace_id": "1-')


def test_the_keyboard_moves_and_folds(tab: Tab, observed: Laptop) -> None:
    """j goes down, the left arrow folds what a row called, the right arrow brings it back, Enter opens it."""
    page = tab.open(f"/traces/{observed.trace_id(FAULT, COUNT)}")
    page.locator("#waterfall summary").first.focus()
    page.keyboard.press("j")
    page.keyboard.press("ArrowLeft")
    assert [row.is_visible() for row in page.locator("#waterfall .span").all()] == [True, True, *[False] * 5]
    page.keyboard.press("ArrowRight")
    assert all(row.is_visible() for row in page.locator("#waterfall .span").all())
    page.keyboard.press("Enter")
    expect(page.locator("#row-1 .panel")).to_be_visible()


def test_a_trace_that_is_not_there(observed: Laptop) -> None:
    """A page that says so, and why it may be; as data too."""
    status, text = observed.get("/traces/1-00000000-000000000000000000000000")
    assert status == 404
    assert "X-Ray has no trace 1-00000000-000000000000000000000000" in text


def test_an_empty_time_says_what_to_do(tab: Tab) -> None:
    """Without a trace the page tells how there will be some; with a filter, that the filter may be why."""
    page = tab.open("/traces?start=2020-01-01T00:00:00Z&end=2020-01-01T01:00:00Z")
    expect(page.locator(".empty")).to_contain_text("Send the service a request")
    page = tab.open("/traces?filter=fault+%3D+true&start=2020-01-01T00:00:00Z&end=2020-01-01T01:00:00Z")
    expect(page.locator(".empty")).to_contain_text("a wider filter")


def test_the_map(tab: Tab) -> None:
    """Each service is a box with its rate, faults and latency, and leads to its traces; the table says the same."""
    page = tab.open("/map")
    expect(page.locator(".node")).to_have_count(6)
    api = page.locator(".node", has_text="AWS::ApiGateway::Stage")
    expect(api).to_contain_text("7.5 % faults")
    expect(page.locator("table tbody tr").first).to_contain_text("120")
    expect(page.locator(".edge text").first).to_contain_text("40/h")
    page.locator(".node", has_text="AWS::DynamoDB::Table").click()
    expect(page.get_by_label("Filter", exact=True)).to_have_value(
        'service(id(name: "items", type: "AWS::DynamoDB::Table"))'
    )
    expect(page.locator("table.traces tbody tr")).to_have_count(COUNT)
