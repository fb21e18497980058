import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, expect

from tests.browser import Pending
from tests.local.viewer.observed.conftest import COUNT, Tab
from tests.local.viewer.observed.laptop import Laptop

SERIOUS = ("serious", "critical")
QUERY = "filter+ispresent(status)+%7C+stats+count(*)+as+n+by+bin(5m),+route"
PATHS = {
    "list": "/traces",
    "trace": "/traces/{fault}",
    "compare": "/traces/compare?a={fault}&b={cold}",
    "choice": "/traces/compare",
    "map": "/map",
    "tail": "/logs",
    "insights": f"/logs/insights?query={QUERY}",
    "lambda": "/lambda",
}
READY = {
    "trace": "#logs .line",
    "tail": "#lines .line, #lines .empty",
    "insights": "#chart .legend li",
    "lambda": "#durations svg",
}


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("name", PATHS)
def test_axe_finds_nothing_serious(browser: Browser, observed: Laptop, name: str, width: int, theme: str) -> None:
    """In both themes, one wide and one narrow, with what can be opened open; nothing is wider than the page."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    pending = Pending(page)
    path = PATHS[name].format(fault=observed.trace_id(5, COUNT), cold=observed.trace_id(20, COUNT))
    page.goto(observed.url + path)
    if name in READY:
        expect(page.locator(READY[name]).first).to_be_visible()
    page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
    pending.settle()
    found = Axe().run(page).response["violations"]
    bad = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in SERIOUS]
    assert bad == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_every_page_is_in_the_nav(tab: Tab) -> None:
    """One <nav> leads to each of them, and says which one it is on."""
    page = tab.open("/traces")
    for name, path in (("Map", "/map"), ("Logs", "/logs"), ("Lambda", "/lambda"), ("Traces", "/traces")):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(f"**{path}*")
        expect(page.locator("nav a[aria-current=page]")).to_have_text(name)


def test_keys_are_listed(tab: Tab, observed: Laptop) -> None:
    """`?` lists the page's own keys among those of all pages."""
    page = tab.open(f"/traces/{observed.trace_id(5, COUNT)}")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("next fault")
    page = tab.open("/logs")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("pause or go on")
