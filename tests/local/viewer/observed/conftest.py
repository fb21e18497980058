"""The viewer of a laptop with telemetry on it, in the machine's own Chromium."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.local.viewer.observed.laptop import Laptop, laptop

COUNT = 120  # requests of the last half hour


@dataclass
class Tab:
    """A page, and what its console said that it should not have."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path)
        return self.page

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture(scope="module")
def observed() -> Iterator[Laptop]:
    """120 requests, of which every 20th was a cold start and every 13th a fault."""
    with tempfile.TemporaryDirectory() as folder, laptop(Path(folder)) as one:
        one.requests(COUNT)
        yield one
        assert one.told == []


@pytest.fixture
def tab(browser: Browser, observed: Laptop) -> Iterator[Tab]:
    """A fresh one; at the end its console has said nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    one = Tab(context.new_page(), observed.url)
    one.page.on("console", one.hear)
    one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
    yield one
    context.close()
    assert one.complaints == []
