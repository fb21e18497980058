"""A viewer over the laptop's own rooms: real sockets, real boto3, real databases, and the machine's Chromium."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.local.viewer.laptop import Laptop, laptop


@pytest.fixture(scope="module")
def empty() -> Iterator[Laptop]:
    """Nothing was ever sent to it but what a test of the module sends."""
    with tempfile.TemporaryDirectory() as folder, laptop(Path(folder)) as one:
        yield one
        assert one.told == []


@pytest.fixture(scope="module")
def loaded() -> Iterator[Laptop]:
    """With the project's own dashboards, alarms and queries."""
    with tempfile.TemporaryDirectory() as folder, laptop(Path(folder), loaded=True) as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """1280 by 900 and light; its console has said nothing at the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light", accept_downloads=True)
    said: list[str] = []
    one = context.new_page()
    one.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    one.on("pageerror", lambda error: said.append(str(error)))
    yield one
    context.close()
    assert said == []
