"""What a phone shows of traces, the map and Lambda without a scroll sideways: 390 pixels."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.local.viewer.observed.laptop import Laptop

DAY_S = 86_400


@pytest.fixture(params=["the same day", "after midnight"])
def phone(browser: Browser, observed: Laptop, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Its own day is the telemetry's, so that times are clocks, or the next, so that they have a date too."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, timezone_id="UTC")
    noon_s = observed.now_s // DAY_S * DAY_S + DAY_S / 2
    context.clock.set_fixed_time((noon_s + (DAY_S if request.param == "after midnight" else 0)) * 1000)
    yield context.new_page()
    context.close()


def test_the_list_of_traces(observed: Laptop, phone: Page) -> None:
    """When, what came of it, how long it took, and the request, which leads to the trace."""
    phone.goto(f"{observed.url}/traces")
    row = phone.locator("table.traces tbody tr").first
    row.scroll_into_view_if_needed()
    for shown in (row.locator("time"), row.locator(".state").first, row.locator("td.n"), row.locator("td.request a")):
        expect(shown).to_be_in_viewport(ratio=1)


def test_the_maps_table(observed: Laptop, phone: Page) -> None:
    """Each service with its type, and how many faults and errors it had."""
    phone.goto(f"{observed.url}/map")
    row = phone.locator(".services tbody tr", has=phone.locator(".state.bad")).first
    row.scroll_into_view_if_needed()
    for shown in (row.locator("td").first.get_by_text("AWS::"), row.locator(".state.bad")):
        expect(shown).to_be_in_viewport(ratio=1)


def put_nested(observed: Laptop, number: int, *, fails: bool) -> str:
    """A trace of six levels that took parts of a millisecond: long numbers."""
    trace_id = f"1-{int(observed.now_s):08x}-{number:024x}"
    start = observed.now_s - 40
    inner: list[dict[str, object]] = []
    for level in range(6, 0, -1):
        took = (number * 0.345 + level / 100) / 1000
        span = {"id": f"{level:016x}", "name": "local-items", "start_time": start, "end_time": start + took}
        inner = [span | {"error": fails, "subsegments": inner}]
    observed.traces.put_many([inner[0] | {"trace_id": trace_id}])
    observed.traces.settle()
    return trace_id


def test_two_traces(observed: Laptop, phone: Page) -> None:
    """The table of where the time went fits, with the difference, and with what came of each, however deep."""
    first, second = (put_nested(observed, number, fails=number == 1) for number in (1, 2))
    phone.goto(f"{observed.url}/traces/compare?a={first}&b={second}")
    table = phone.get_by_role("region", name="Rows of both traces")
    expect(table.get_by_text("error → ok").first).to_be_visible()
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_the_reports(observed: Laptop, phone: Page) -> None:
    """One line each, as far as whether it was a cold start."""
    phone.goto(f"{observed.url}/lambda")
    row = phone.locator("#reports tbody tr").first
    row.scroll_into_view_if_needed()
    expect(row.locator(".state")).to_be_in_viewport(ratio=1)
    height = row.evaluate("one => one.getBoundingClientRect().height")
    assert height < 40
