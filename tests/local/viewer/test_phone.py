"""What a phone shows without a scroll sideways: 390 pixels."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.local.viewer.laptop import Laptop


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("path", "name"), [("/alarms", "Alarms"), ("/runbook", "Runbook"), ("/lambda", "Lambda")])
def test_the_name_of_the_open_page_is_in_view(loaded: Laptop, phone: Page, path: str, name: str) -> None:
    """Of all names in the row, which scrolls."""
    phone.goto(loaded.url + path)
    expect(phone.get_by_role("link", name=name, exact=True)).to_be_in_viewport(ratio=0.95)


def test_the_form_of_a_time(loaded: Laptop, phone: Page) -> None:
    """Both of its ends and its button are on the screen."""
    phone.goto(f"{loaded.url}/dashboards/items-dev-service")
    phone.locator(".times summary").click()
    for shown in (phone.get_by_label("from", exact=True), phone.get_by_label("to", exact=True)):
        expect(shown).to_be_in_viewport(ratio=1)
    expect(phone.get_by_role("button", name="Show", exact=True)).to_be_in_viewport(ratio=1)


def test_a_text_is_whole(loaded: Laptop, phone: Page) -> None:
    """However high its box is on a wide screen; a graph keeps its height, and fills the screen when asked to."""
    phone.goto(f"{loaded.url}/dashboards/items-dev-service")
    phone.wait_for_selector("html[data-complete]")
    text = phone.locator(".widget.text .body").first
    assert text.evaluate("one => one.scrollHeight <= one.clientHeight")
    graph = phone.locator(".widget", has=phone.get_by_role("heading", name="Traffic", exact=True))
    assert graph.evaluate("one => one.clientHeight") < 500
    phone.goto(f"{loaded.url}/dashboards/items-dev-service?widget={graph.get_attribute('id')}")
    expect(phone.locator(".widget.full")).to_have_count(1)
    assert phone.locator(".widget.full").evaluate("one => one.getBoundingClientRect().height") == 844


def test_the_list_of_alarms(loaded: Laptop, phone: Page) -> None:
    """Each alarm's state, name, condition and section of the runbook, one below the other, none cut."""
    phone.goto(f"{loaded.url}/alarms")
    row = phone.locator("tr", has=phone.get_by_role("link", name="items-dev-fault-rate", exact=True))
    row.scroll_into_view_if_needed()
    for text in ("items-dev-fault-rate", "faults, % of requests > 5 in 3 of 5 periods of 1 min", "fault-rate"):
        expect(row.get_by_text(text, exact=True)).to_be_in_viewport(ratio=1)
    expect(row.locator(".state")).to_be_in_viewport(ratio=1)
    table = phone.locator(".card.scroll")
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")
