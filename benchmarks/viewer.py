"""python -m benchmarks.viewer: how long the viewer's pages take, by the browser's own timings.

A million stored values, then `python -m local up` as `make run` starts it, then the machine's Chromium: a dashboard, a
trace, a tail. The page's own clock begins when the browser begins to load it and ends when what was drawn is on the
screen.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks import viewer_tail, viewer_trace
from benchmarks.aws.servers import client
from benchmarks.stack import Stack
from benchmarks.viewer_seed import seed

ROUNDS = 7
TAIL_S = 10.0
DASHBOARD = "/dashboards/items-dev-service"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    browser_path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser_path is None:
        print("no Chromium here: on Debian, apt-get install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder)) as stack:
        print(f"{seed(Path(folder)):,} values stored")
        stack.start()
        run = json.loads((Path(folder) / "run.json").read_text())
        url, aws_port = run["viewer"], int(run["aws"].rpartition(":")[2])
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            _measure(page, url)
            viewer_trace.put(client(aws_port, "xray"))
            print(viewer_trace.report(*viewer_trace.measure(page, url, ROUNDS)))
            print(viewer_tail.measure(page, url, client(aws_port, "logs"), TAIL_S).report())
            browser.close()
    return 0


def _measure(page: Page, url: str) -> None:
    drawn, refreshed = [], []
    for _ in range(ROUNDS):
        page.goto(f"{url}/dashboards")
        page.get_by_role("link", name="items-dev-service").click()
        page.wait_for_selector("html[data-complete='1']")
        drawn.append(_ms(page, "drawnMs"))
        page.keyboard.press("r")
        page.wait_for_selector("html[data-complete='2']")
        refreshed.append(_ms(page, "refreshedMs"))
    first, *warm = drawn
    print(f"drawn, the browser's first time   {first} ms")
    print(f"drawn, from the click             {median(warm):.0f} ms  {sorted(warm)}")
    print(f"refreshed                         {median(refreshed):.0f} ms  {sorted(refreshed)}")


def _ms(page: Page, name: str) -> int:
    return int(page.evaluate(f"document.documentElement.dataset.{name}"))


if __name__ == "__main__":
    sys.exit(main())
