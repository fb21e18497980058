"""Bars, pies and gauges follow the properties of their widget."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.local.viewer.laptop import NAMESPACE, Laptop


def still(title: str, view: str, **more: Any) -> dict[str, Any]:
    metrics = [[NAMESPACE, name, "service", "shop", {"stat": "Sum"}] for name in ("One", "Two")]
    properties = {"title": title, "region": "us-east-1", "metrics": metrics, "view": view, **more}
    return {"type": "metric", "properties": properties}


def test_stills_follow_their_properties(empty: Laptop, page: Page) -> None:
    """A pie's legend and labels, the ends of a bar's axis, a gauge's unit and its levels without fill."""
    empty.put("One", [10.0], unit="Percent", service="shop")
    empty.put("Two", [30.0], unit="Percent", service="shop")
    axis = {"yAxis": {"left": {"min": 0, "max": 200}}}
    level = {"annotations": {"horizontal": [{"value": 150, "color": "#123456"}]}}
    path = empty.dashboard(
        "stills",
        still("pie", "pie"),
        still("bare", "pie", legend={"position": "hidden"}, labels={"visible": False}),
        still("below", "pie", legend={"position": "bottom"}),
        still("bars", "bar", **axis),
        still("gauges", "gauge", **axis, **level),
    )
    page.goto(f"{empty.url}{path}?start=-PT1H")

    def within(title: str, selector: str) -> Any:
        return page.locator(".widget", has=page.get_by_role("heading", name=title, exact=True)).locator(selector)

    expect(within("pie", ".legendtext")).to_have_text(["One: 10 %", "Two: 30 %"])
    expect(within("pie", "text.slicetext")).to_have_text(["25%", "75%"])
    expect(within("bare", ".slice")).to_have_count(2)
    expect(within("bare", ".legendtext")).to_have_count(0)
    expect(within("bare", "text.slicetext")).to_have_count(0)
    legend, slices = within("below", ".legend").bounding_box(), within("below", ".pielayer").bounding_box()
    assert legend is not None
    assert slices is not None
    assert legend["y"] >= slices["y"] + slices["height"]
    expect(within("bars", ".xtick text").last).to_have_text("200")
    expect(within("bars", ".bartext")).to_have_text(["30 %", "10 %"])
    expect(within("gauges", ".number")).to_have_text(["10 %", "30 %"])
    expect(within("gauges", "path[style*='rgb(18, 52, 86)']")).to_have_count(2)
