"""The viewer over the real service, as `make run` serves it, clicked through in Chromium; takes the docs' pictures."""

import json
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.viewer_seed import seed
from tests.browser import chromium
from tests.end_to_end.conftest import Laptop, poll

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
Start = Callable[..., Laptop]


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme="light")
    said: list[str] = []
    one = context.new_page()
    one.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    one.on("pageerror", lambda error: said.append(str(error)))
    yield one
    context.close()
    assert said == []


def viewer_of(laptop: Laptop) -> str:
    return str(json.loads((laptop.folder / "run.json").read_text())["viewer"])


def traffic(client: httpx.Client) -> None:
    """A minute in the life of the service: made, read, listed, not there, refused."""

    def visit(number: int) -> None:
        made = client.post("/api/items/", json={"name": f"thing {number}", "price_cents": 150}).json()
        client.get(f"/api/items/{made.get('id', 'none')}")
        client.get("/api/items/")
        client.get(f"/api/items/none-{number}")
        client.get("/api/health")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(visit, range(30)))


def ready(page: Page) -> None:
    """All widgets drawn, those of log queries too."""
    page.wait_for_selector("html[data-complete]", timeout=60_000)


def picture(page: Page, name: str) -> None:
    """Of the docs; where they are there already, only if PICTURES says so: they differ with each run."""
    if not (IMAGES / f"{name}.png").exists() or os.environ.get("PICTURES"):
        IMAGES.mkdir(exist_ok=True)
        page.screenshot(path=IMAGES / f"{name}.png", scale="css")


def test_every_page_shows_the_real_service(start: Start, page: Page, tmp_path: Path) -> None:
    """From the Overview to a dashboard, to an alarm, to its runbook section, by links; no page has a console error."""
    seed(tmp_path / "local", values=90_000)  # three hours before the service's own minute
    laptop = start()
    traffic(laptop.client)
    url = viewer_of(laptop)
    overview = f"{url}/overview/data?start=-PT5M"
    poll(
        lambda: any(
            one["series"] and one["series"][0]["v"] for one in httpx.get(overview, timeout=60).json()["widgets"]
        )
    )

    page.goto(f"{url}/?start=-PT3H&live=0")
    ready(page)
    expect(
        page.locator(".widget", has=page.get_by_role("heading", name="Traffic")).first.locator(".number")
    ).to_have_text(re.compile(r"\d"))
    expect(page.locator("#faults tr").first).to_contain_text("/api/items/none")
    picture(page, "overview")

    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Dashboards").click()
    page.get_by_role("link", name="items-dev-service").click()
    ready(page)
    assert page.locator(".widget .problem").all_inner_texts() == []
    expect(
        page.locator(".widget", has=page.get_by_role("heading", name="Traffic")).locator(".scatterlayer .trace")
    ).to_have_count(1)
    picture(page, "dashboard")
    page.keyboard.press("t")
    picture(page, "dashboard-dark")
    page.keyboard.press("t")

    for name in ("routes", "lambda", "api-and-table", "telemetry"):
        page.goto(f"{url}/dashboards/items-dev-{name}?start=-PT5M")
        ready(page)
        assert page.locator(".widget .problem").all_inner_texts() == [], name

    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Alarms").click()
    page.get_by_role("link", name="items-dev-availability-burn-page", exact=True).click()
    ready(page)
    expect(page.locator(".tree")).to_contain_text("any of")
    expect(page.locator(".tree")).to_contain_text("items-dev-availability-burn-14-4x-5m")
    expect(page.locator(".widget .scatterlayer")).to_have_count(4)
    picture(page, "alarm")
    page.get_by_role("link", name="Runbook: availability-burn").click()
    page.wait_for_url(re.compile("/runbook#availability-burn"))
    expect(page.get_by_role("heading", name="availability-burn")).to_be_in_viewport()


def test_a_live_page_follows_the_service(start: Start, page: Page) -> None:
    """What happens while the Overview is open is seen there, without a click."""
    laptop = start()
    page.goto(f"{viewer_of(laptop)}/?start=-PT5M")
    ready(page)
    expect(page.get_by_role("button", name="Live")).to_have_attribute("aria-pressed", "true")
    laptop.client.get("/api/items/not-there-at-all")
    number = page.locator(".widget", has=page.get_by_role("heading", name="Traffic")).first.locator(".number")
    expect(number).to_have_text("1")
