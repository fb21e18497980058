import pytest
from playwright.sync_api import Page, expect

from tests.local.viewer.laptop import Laptop


def test_many_alarms_without_data_are_folded(empty: Laptop, page: Page) -> None:
    """Those that are on stand by themselves before them, and the numbers are in view; a refresh leaves it open."""
    client = empty.put_alarms([f"quiet-{number}" for number in range(5)])
    page.goto(f"{empty.url}/?live=0")
    expect(page.locator("#alarms > .alarm")).to_have_count(5)
    empty.put_alarms([f"more-{number}" for number in range(30)])
    client.set_alarm_state(AlarmName="more-0", StateValue="ALARM", StateReason="test")
    page.reload()
    expect(page.locator("#alarms > .alarm .name")).to_have_text(["more-0"])
    expect(page.locator("#alarms summary")).to_contain_text("34 alarms don't have enough data to know")
    expect(page.get_by_role("heading", name="Traffic").first).to_be_in_viewport()
    page.locator("#alarms summary").click()
    expect(page.get_by_role("link", name="quiet-4")).to_be_visible()
    page.wait_for_selector("html[data-complete]")
    page.keyboard.press("r")
    page.wait_for_selector("html[data-complete='2']")
    expect(page.get_by_role("link", name="quiet-4")).to_be_visible()


INSIDE = """cards => cards.map(card => {
    const frame = card.getBoundingClientRect();
    return [...card.children].every(part => part.getBoundingClientRect().right <= frame.right);
})"""


@pytest.mark.parametrize("width", [360, 700, 1000, 1400, 1700])
def test_an_alarm_is_within_its_card(empty: Laptop, page: Page, width: int) -> None:
    """The longest state and the time beside it, at any width of the window."""
    page.set_viewport_size({"width": width, "height": 800})
    empty.put_alarms([f"quiet-{number}" for number in range(5)])
    page.goto(f"{empty.url}/?live=0")
    page.wait_for_selector("html[data-complete]")
    if (folded := page.locator("#alarms summary")).count():
        folded.click()
    expect(page.get_by_role("link", name="quiet-4")).to_be_visible()
    inside = page.locator("#alarms .alarm").evaluate_all(INSIDE)
    assert len(inside) >= 5
    assert all(inside)
