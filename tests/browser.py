"""The machine's Chromium for the tests, and what keeps it quiet."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Of its own accord it talks to nobody; `--no-sandbox` where it would refuse to run at all.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


def find_browser() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips the test, saying so, where there is no browser; fails where CI promised one."""
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
