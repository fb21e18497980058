"""The machine's Chromium for the tests, and what keeps it quiet."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Of its own accord it talks to nobody; `--no-sandbox` where it would refuse to run at all.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
_PATIENCE_MS, _QUIET_MS, _LOOK_EVERY_MS = 60_000, 500, 50


def find_browser() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips the test, saying so, where there is no browser; fails where CI promised one."""
    expect.set_options(timeout=_PATIENCE_MS)  # five seconds are Playwright's, and too few for a busy machine
    with sync_playwright() as playwright:
        path = find_browser() or playwright.chromium.executable_path
        if not os.path.exists(path):  # noqa: PTH110 - a path of playwright's, as text
            left_out = (
                "no Chromium on this machine (Debian: apt-get install chromium): the viewer is not tried in a browser"
            )
            if os.environ.get("CI"):
                pytest.fail(left_out)
            pytest.skip(left_out)
        root = ("--no-sandbox",) if os.geteuid() == 0 else ()
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *root])
        try:
            yield browser
        finally:
            browser.close()


class Pending:
    """A page's requests that have no answer yet. Made before the page is opened.

    Playwright advises against its own "networkidle", which does not say what it waits for in vain.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._open: set[Request] = set()
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)

    def settle(self) -> None:
        """Until nothing has been asked for a moment. Fails, and says what is still open, where that takes too long."""
        quiet = 0
        for _ in range(_PATIENCE_MS // _LOOK_EVERY_MS):
            self._page.wait_for_timeout(_LOOK_EVERY_MS)
            quiet = 0 if self._open else quiet + _LOOK_EVERY_MS
            if quiet >= _QUIET_MS:
                return
        pytest.fail(f"not answered: {[request.url for request in self._open]}")

    def _asked(self, request: Request) -> None:  # Playwright takes no method of a set's
        self._open.add(request)

    def _answered(self, request: Request) -> None:
        self._open.discard(request)
