"""What a phone shows of traces, the map and Lambda without a scroll sideways: 390 pixels."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.local.viewer.observed.laptop import Laptop


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
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


def test_two_traces(observed: Laptop, phone: Page) -> None:
    """The table of where the time went fits, with the difference, and with what came of each."""
    first, second = observed.trace_id(18, 120), observed.trace_id(22, 120)
    phone.goto(f"{observed.url}/traces/compare?a={first}&b={second}")
    table = phone.get_by_role("region", name="Rows of both traces")
    expect(table.get_by_text("fault → ok").first).to_be_visible()
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_the_reports(observed: Laptop, phone: Page) -> None:
    """One line each, as far as whether it was a cold start."""
    phone.goto(f"{observed.url}/lambda")
    row = phone.locator("#reports tbody tr").first
    row.scroll_into_view_if_needed()
    expect(row.locator(".state")).to_be_in_viewport(ratio=1)
    height = row.evaluate("one => one.getBoundingClientRect().height")
    assert height < 40
