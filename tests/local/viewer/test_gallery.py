import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.browser import Pending
from tests.local.viewer.laptop import Laptop

SERIOUS = ("serious", "critical")
KINDS = {
    "Lines": ".scatterlayer .trace",
    "Stacked": ".scatterlayer .js-fill",
    "Left and right axes, legend at the right": ".y2tick",
    "Horizontal annotations": ".shapelayer path",
    "Vertical annotations": ".shapelayer path",
    "An alarm's": ".shapelayer path",
    "Metric math": ".scatterlayer .trace",
    "SEARCH": ".scatterlayer .trace",
    "SELECT": ".scatterlayer .trace",
    "Single values with sparklines": "svg.spark polyline",
    "Of the whole time, precise": ".number",
    "Gauge": ".indicatorlayer .angular",
    "Bar": ".barlayer .point",
    "Pie": ".pielayer .slice",
    "Table": "tbody tr",
    "Table, vertical": "tbody tr",
    "Alarm status": ".alarm",
    "Logs, a table": "tbody tr",
    "Logs, lines": ".scatterlayer .trace",
    "Logs, bars": ".barlayer .point",
    "Logs, a pie": ".pielayer .slice",
    "Explorer": ".scatterlayer .trace",
    "Explorer, by tag": ".barlayer .point",
    "Custom, html": "button",
}
PNG = b"\x89PNG\r\n\x1a\n"


def open_gallery(page: Page, laptop: Laptop, query: str = "") -> None:
    page.goto(f"{laptop.url}/gallery{query}")
    page.wait_for_selector("html[data-complete]")


def widget(page: Page, title: str) -> str:
    """The CSS selector of the widget with this title."""
    return f"#{page.locator('.widget', has=page.get_by_role('heading', name=title, exact=True)).get_attribute('id')}"


def test_every_kind_of_widget_is_drawn(empty: Laptop, page: Page) -> None:
    """What CloudWatch's documentation of dashboards has, each with what makes it that kind."""
    open_gallery(page, empty)
    for title, drawn in KINDS.items():
        expect(page.locator(f"{widget(page, title)} {drawn}").first).to_be_visible()


def test_numbers_are_those_of_the_data(empty: Laptop, page: Page) -> None:
    """A legend, a number and a table's cell say what the data said."""
    open_gallery(page, empty, "?start=2026-01-31T08:00:00Z&end=2026-01-31T11:00:00Z")
    documents = {
        one["title"]: one
        for one in empty.data("/gallery/data?start=2026-01-31T08:00:00Z&end=2026-01-31T11:00:00Z")["widgets"]
    }
    newest = documents["Of the whole time, precise"]["series"][0]["v"][-1]
    expect(page.locator(f"{widget(page, 'Of the whole time, precise')} .number").first).to_have_text(
        f"{newest:.3f}".rstrip("0")
    )
    expect(page.locator(f"{widget(page, 'Lines')} .legend .label")).to_have_text(["p50", "p90", "p99"])
    highest = max(documents["Table"]["series"][0]["v"])
    assert float(
        page.locator(f"{widget(page, 'Table')} tbody tr").first.locator("td").nth(1).inner_text()
    ) == pytest.approx(highest, rel=1e-3)


def test_what_can_not_be_drawn_says_so_in_its_place(empty: Laptop, page: Page) -> None:
    """An unknown kind of widget, and one that is wrong."""
    open_gallery(page, empty)
    expect(page.locator(f"{widget(page, 'What is not drawn says so')} .problem")).to_contain_text(
        "chart is not drawn here"
    )
    expect(page.locator(f"{widget(page, 'What is wrong, too')} .problem")).to_contain_text("repeats a field")


def test_what_of_a_widget_is_not_drawn_is_said_below_it(empty: Laptop, page: Page) -> None:
    """The rest of it is drawn; after a refresh it is said once."""
    open_gallery(page, empty)
    place = widget(page, "A part of it, too")
    expect(page.locator(f"{place} .number")).to_have_count(3)
    page.keyboard.press("r")
    page.wait_for_selector("html[data-complete='2']")
    expect(page.locator(f"{place} .notes")).to_have_text(re.compile("^Not drawn here: trend: "))
    expect(page.locator(f"{widget(page, 'Lines')} .notes")).to_have_count(0)


def test_numbers_have_the_unit_of_their_axis(empty: Laptop, page: Page) -> None:
    """Where its label begins with one, in a number and a pie's legend."""
    open_gallery(page, empty)
    expect(page.locator(f"{widget(page, 'Single values with sparklines')} .number").first).to_have_text(
        re.compile(r"^\d+(\.\d+)? ms$")
    )
    expect(page.locator(f"{widget(page, 'Pie')} .legendtext").first).to_have_text(re.compile(r"^p50: [\d.]+ ms"))


def test_levels_stand_in_bars_and_tables(empty: Laptop, page: Page) -> None:
    """ "When a data point falls within a threshold, its cell is highlighted" (data table widget); a summary is none."""
    open_gallery(page, empty, "?start=2026-01-31T08:00:00Z&end=2026-01-31T11:00:00Z")
    expect(page.locator(f"{widget(page, 'Bar')} .annotation-text")).to_have_text(["above", "band top", "band bottom"])
    table = widget(page, "Table")
    within = [float(text) for text in page.locator(f"{table} td.within").all_inner_texts()]
    points = page.locator(f"{table} tbody tr").evaluate_all(
        "rows => rows.flatMap(row => [...row.cells].slice(5).map(cell => Number(cell.textContent)))"
    )
    assert len(within) > 0
    assert within == [value for value in points if 40 <= value <= 60 or value >= 95]
    expect(page.locator(f"{table} td.within").first).to_have_attribute("title", re.compile("band|above"))


def test_a_custom_widget_is_run_by_its_reader(empty: Laptop, page: Page) -> None:
    """Nothing runs before; then HTML and Markdown are in a frame without scripts, JSON is text; a refresh keeps it."""
    open_gallery(page, empty)
    for title, selector, said in (("Custom, html", "table", "items"), ("Custom, markdown", "strong", "12")):
        place = widget(page, title)
        expect(page.locator(place)).to_contain_text("arn:aws:lambda:us-east-1:123456789012:function:gallery")
        page.locator(place).get_by_role("button", name="Run the function").click()
        expect(page.locator(f"{place} iframe")).to_have_attribute("sandbox", "")
        expect(page.frame_locator(f"{place} iframe").locator(selector).first).to_contain_text(said)
    page.locator(widget(page, "Custom, json")).get_by_role("button", name="Run the function").click()
    expect(page.locator(f"{widget(page, 'Custom, json')} pre")).to_contain_text('"oldest": "PT4M"')
    page.keyboard.press("r")
    page.wait_for_selector("html[data-complete='2']")
    expect(page.locator(f"{widget(page, 'Custom, html')} iframe")).to_be_visible()


def test_markdown_is_safe(empty: Laptop, page: Page) -> None:
    """A text widget's HTML is text, and its link to a script leads nowhere."""
    open_gallery(page, empty)
    text = page.locator(".widget.text").first
    expect(text).to_contain_text("<b>HTML is text</b>")
    assert text.locator("b").count() == 0
    assert [link.get_attribute("href") for link in text.locator("a").all()] == [
        "https://docs.aws.amazon.com/",
        "/alarms",
    ]


def test_one_crosshair_for_all_graphs(empty: Laptop, page: Page) -> None:
    """Where the pointer is on one, the others have a line at the same instant, and their legends its values."""
    open_gallery(page, empty)
    lines, other = widget(page, "Lines"), widget(page, "Metric math")
    before = page.locator(f"{other} .legend .value").inner_text()
    page.locator(f"{lines} .over").hover(position={"x": 60, "y": 40})
    expect(page.locator(f"{other} .cross")).to_be_visible()
    expect(page.locator("#tip")).to_contain_text("p99")
    assert page.locator(f"{other} .legend .value").inner_text() != before
    page.mouse.move(5, 5)
    expect(page.locator(f"{other} .cross")).to_be_hidden()
    expect(page.locator("#tip")).to_be_hidden()


def test_dragging_zooms_all_graphs(empty: Laptop, page: Page) -> None:
    """The time between the two ends of a drag is shown by all of them, and is in the URL: a link shows the same."""
    open_gallery(page, empty, "?start=2026-01-31T08:00:00Z&end=2026-01-31T11:00:00Z")
    area = page.locator(f"{widget(page, 'Lines')} .over").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] / 3, area["y"] + 30)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 2 / 3, area["y"] + 30, steps=4)
    expect(page.locator(f"{widget(page, 'SEARCH')} .chosen")).to_be_visible()
    page.mouse.up()
    page.wait_for_url(re.compile(r"start=2026-01-31T(08%3A5|09%3A0)"))
    page.wait_for_selector("html[data-complete='2']")
    times = parse_qs(urlsplit(page.url).query)
    assert "2026-01-31T08:58" < times["start"][0] < "2026-01-31T09:02"
    assert "2026-01-31T09:58" < times["end"][0] < "2026-01-31T10:02"
    page.keyboard.press("z")
    page.wait_for_selector("html[data-complete='3']")
    page.go_back()
    page.wait_for_selector("html[data-complete='4']")


def test_a_point_leads_to_its_cause(empty: Laptop, page: Page) -> None:
    """A click names the nearest point, and leads to the traces and the log lines of its minute and its dimension."""
    open_gallery(page, empty)
    page.locator(f"{widget(page, 'Lines')} .over").click(position={"x": 80, "y": 60})
    menu = page.get_by_role("menu")
    traces = menu.get_by_role("menuitem", name="Traces:")
    expect(traces).to_have_text('Traces: annotation.route = "/api/items/"')
    href = traces.get_attribute("href") or ""
    assert "/traces?start=20" in href
    assert "filter=annotation.route+%3D+%22%2Fapi%2Fitems%2F%22" in href
    logs = menu.get_by_role("menuitem", name="Log lines").get_attribute("href") or ""
    assert "/logs?start=20" in logs
    assert "group=%2Fgallery" in logs
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)


def test_the_keyboard_does_it_all(empty: Laptop, page: Page) -> None:
    """Arrows move the crosshair, Enter shows what a point leads to, f fills the screen, ? lists the keys."""
    open_gallery(page, empty)
    page.locator(f"{widget(page, 'Lines')} .over").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#tip")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator(".widget.full")).to_have_count(1)
    assert "widget=w2" in page.url
    page.keyboard.press("Escape")
    expect(page.locator(".widget.full")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("zoom out: twice the time")


def test_widgets_become_pngs(empty: Laptop, page: Page, tmp_path: Path) -> None:
    """Of every kind, whether plotly.js drew it or not."""
    open_gallery(page, empty)
    for title in ("Lines", "Pie", "Table", "Alarm status", "Single values with sparklines"):
        page.locator(f"{widget(page, title)} [data-menu]").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name="Save as PNG").click()
        path = tmp_path / "widget.png"
        download.value.save_as(path)
        assert path.read_bytes()[:8] == PNG, title
        assert path.stat().st_size > 3_000, title


def test_a_series_is_hidden_and_shown(empty: Laptop, page: Page) -> None:
    """Its button in the legend says which it is."""
    open_gallery(page, empty)
    lines = widget(page, "Lines")
    button = page.locator(f"{lines} .legend button").first
    expect(page.locator(f"{lines} .scatterlayer .trace")).to_have_count(3)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator(f"{lines} .scatterlayer .trace")).to_have_count(2)


def test_variables_and_period_are_in_the_url(empty: Laptop, page: Page) -> None:
    """A choice is kept in the link."""
    open_gallery(page, empty)
    page.get_by_label("route").select_option("/api/items/{item_id}")
    page.wait_for_url("**var.route=*")
    page.wait_for_selector("html[data-complete]")
    expect(page.get_by_label("route")).to_have_value("/api/items/{item_id}")


def test_the_theme_is_kept(empty: Laptop, page: Page) -> None:
    """`t` changes it at once, graphs and all, and the next page has it."""
    open_gallery(page, empty)
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(f"{empty.url}/dashboards")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_serious(browser: Browser, loaded: Laptop, width: int, theme: str) -> None:
    """In both themes, one wide and one narrow; and nothing is wider than the page."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    pending = Pending(page)
    for path in ("/gallery", "/", "/dashboards", "/alarms", "/alarms/items-dev-latency-burn-page", "/runbook"):
        page.goto(f"{loaded.url}{path}?theme={theme}&live=0")
        pending.settle()
        found = Axe().run(page).response["violations"]
        bad = [(path, one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in SERIOUS]
        assert bad == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
