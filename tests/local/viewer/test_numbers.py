import time
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, expect

from tests.local.viewer.laptop import NAMESPACE, Laptop


def number(title: str, name: str, **more: Any) -> dict[str, Any]:
    metrics = [[NAMESPACE, name, "service", "shop", {"stat": "Sum", "label": "now"}]]
    properties = {"title": title, "region": "us-east-1", "metrics": metrics, "view": "singleValue", **more}
    return {"type": "metric", "properties": properties}


def said(page: Page, title: str) -> Any:
    return page.locator(".widget", has=page.get_by_role("heading", name=title, exact=True)).first


def test_numbers_say_their_units(empty: Laptop, page: Page) -> None:
    """The metric's own as CloudWatch knows it, else what the axis' label begins with; a label that says more than the
    number and its name do stands above, as over a graph. A refresh keeps them.
    """
    empty.put("Wait", [12.5], unit="Milliseconds", service="shop")
    empty.put("Share", [0.5], unit="Percent", service="shop")
    empty.put("Visits", [7.0], unit="Count", service="shop")
    empty.put("Price", [0.0000334], unit="None", service="shop")
    path = empty.dashboard(
        "numbers",
        number("wait", "Wait"),
        number("share", "Share"),
        number("visits", "Visits"),
        number("hidden", "Wait", yAxis={"left": {"showUnits": False}}),
        number("price", "Price", yAxis={"left": {"label": "$ an hour"}}),
        number("pace", "Visits", yAxis={"left": {"label": "visits a minute", "showUnits": False}}),
    )
    page.goto(f"{empty.url}{path}?start=-PT1H")
    page.wait_for_selector("html[data-complete]")
    for _ in range(2):
        expect(said(page, "wait").locator(".number")).to_have_text("12.5 ms")
        expect(said(page, "share").locator(".number")).to_have_text("0.5 %")
        expect(said(page, "visits").locator(".number")).to_have_text("7")
        expect(said(page, "visits").locator(".captions")).to_have_text("Count")
        expect(said(page, "hidden").locator(".number")).to_have_text("12.5")
        expect(said(page, "price").locator(".number")).to_have_text("33.4 µ$")
        expect(said(page, "pace").locator(".captions")).to_have_text("visits a minute")
        turn = page.locator("html").get_attribute("data-complete")
        page.keyboard.press("r")
        page.wait_for_selector(f"html[data-complete]:not([data-complete='{turn}'])")


def test_the_overviews_numbers_have_units(empty: Laptop, page: Page) -> None:
    """Those of the metrics of its signals' graphs."""
    empty.put("Slow", [250.0], unit="Milliseconds", service="overview")
    graph = {"title": "Latency", "region": "us-east-1", "metrics": [[NAMESPACE, "Slow", "service", "overview"]]}
    empty.dashboard("signals", {"type": "metric", "properties": graph})
    page.goto(f"{empty.url}/?live=0")
    expect(said(page, "Latency").locator(".number")).to_have_text("250 ms")


def test_a_number_that_is_not_there_has_no_unit(empty: Laptop, page: Page) -> None:
    """Beside one that is."""
    empty.put("Once", [12.5], unit="Milliseconds", service="shop")
    both = number("both", "Once", yAxis={"left": {"label": "ms"}})
    both["properties"]["metrics"].append([NAMESPACE, "Nothing", {"label": "none"}])
    page.goto(f"{empty.url}{empty.dashboard('both', both)}?start=-PT1H")
    expect(said(page, "both").locator(".number")).to_have_text(["12.5 ms", "\N{EN DASH}"])


def test_levels_at_one_place_share_their_label(empty: Laptop, page: Page) -> None:
    """Their words would stand on one another; those of a level apart stand by themselves."""
    levels = [{"label": name, "value": value} for name, value in (("memory", 90), ("time", 50), ("reserve", 50))]
    graph = number("levels", "Visits", view="timeSeries", annotations={"horizontal": levels})
    page.goto(f"{empty.url}{empty.dashboard('levels', graph)}")
    expect(said(page, "levels").locator(".annotation-text")).to_have_text(["memory", "time · reserve"])


def test_a_short_line_is_seen(empty: Laptop, page: Page) -> None:
    """Two minutes of twelve hours would be a speck: they are dots, as a lonely one is. Two hours are a line."""
    empty.put("Speck", [3.0, 4.0], service="shop")
    empty.put("Line", [float(index) for index in range(120)], service="shop")
    graphs = [number(name, name, view="timeSeries", period=60) for name in ("Speck", "Line")]
    page.goto(f"{empty.url}{empty.dashboard('specks', *graphs, periodOverride='inherit')}?start=-PT12H")
    page.wait_for_selector("html[data-complete]")
    for title, dots in (("Speck", 2), ("Line", 0)):
        widths = (
            said(page, title)
            .locator(".points path")
            .evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
        )
        assert len([width for width in widths if width > 3]) == dots, title


def test_hardly_anything_is_written_as_millionths(empty: Laptop, page: Page) -> None:
    """As thousands are written with a k."""
    empty.put("Tiny", [0.0000334], service="shop")
    page.goto(f"{empty.url}{empty.dashboard('tiny', number('tiny', 'Tiny'))}")
    expect(said(page, "tiny").locator(".number")).to_have_text("33.4µ")


def test_without_live_data_the_running_minute_is_not_shown(empty: Laptop, page: Page) -> None:
    """Of two like numbers the one with `liveData: false` is the last whole minute's."""
    now = time.time()
    data = [
        {
            "MetricName": "Live",
            "Dimensions": [{"Name": "service", "Value": "shop"}],
            "Timestamp": datetime.fromtimestamp(now - ago, UTC),
            "Value": value,
        }
        for ago, value in ((300, 3.0), (0, 9.0))
    ]
    empty.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)
    settled, live = number("settled", "Live", liveData=False, period=60), number("live", "Live", period=60)
    page.goto(f"{empty.url}{empty.dashboard('live', settled, live)}?start=-PT1H")
    expect(said(page, "settled").locator(".number")).to_have_text("3")
    expect(said(page, "live").locator(".number")).to_have_text("9")
