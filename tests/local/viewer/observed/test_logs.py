import json
import re

from playwright.sync_api import Page, Route, expect

from local.endpoint import Call
from tests.local.viewer.observed.conftest import Tab
from tests.local.viewer.observed.laptop import Laptop
from tests.local.viewer.observed.telemetry import GROUP, request_id

FAULTS = "filter Faults > 0 | stats count(*) as faults by route"


def editor(tab: Tab, text: str) -> None:
    tab.page.locator("#editor").fill(text)
    tab.page.locator("#run").click()


def test_lines_arrive_while_one_looks(tab: Tab, observed: Laptop) -> None:
    """A line that the function writes is there without a reload, its level seen; each line once."""
    page = tab.open(f"/logs?group={GROUP}&pattern=arrived")
    expect(page.locator("#tail-state")).to_contain_text("no line matches yet")
    observed.write("[ERROR] arrived one", "arrived two")
    expect(page.locator("#lines .line")).to_have_count(2)
    expect(page.locator("#lines .line.error")).to_contain_text("arrived one")
    observed.write("arrived three")
    expect(page.locator("#lines .line")).to_have_count(3)


def test_patterns_filter(tab: Tab) -> None:
    """The filter pattern is CloudWatch's: of JSON, the lines whose status is 500."""
    page = tab.open("/logs")
    page.get_by_label("from").select_option("180")
    page.get_by_label("Filter pattern").fill("{ $.status = 500 }")
    page.get_by_role("button", name="Follow").click()
    expect(page.locator("#lines .line")).to_have_count(9)
    expect(page.locator("#lines .line.error")).to_have_count(9)
    page.reload()  # the URL says how far back, too
    expect(page.locator("#lines .line")).to_have_count(9)


def test_a_line_leads_to_its_trace(tab: Tab) -> None:
    """A line that names a trace has a link to it, closed or open; opened it shows its fields, one of which filters."""
    page = tab.open("/logs?pattern=%7B%20%24.status%20%3D%20500%20%7D")
    page.get_by_label("from").select_option("180")
    line = page.locator("#lines .line").first
    line.locator("summary .said").click()
    expect(line.locator("pre a")).to_have_attribute("href", re.compile(r"^/traces/1-[0-9a-f]{8}-[0-9a-f]{24}$"))
    line.get_by_role("button", name="route", exact=True).click()
    expect(page.get_by_label("Filter pattern")).to_have_value(re.compile(r'^\{ \$\.route = "/'))
    page.locator("#lines .line a.to-trace").first.click()
    expect(page.locator("#waterfall .span")).not_to_have_count(0)


def test_pausing_keeps_what_comes(tab: Tab, observed: Laptop) -> None:
    """While it is paused nothing moves; what has come meanwhile is shown when it goes on."""
    page = tab.open(f"/logs?group={GROUP}&pattern=paused")
    expect(page.locator("#tail-state")).to_contain_text("no line matches yet")
    page.get_by_role("button", name="Pause").click()
    observed.write("paused one")
    expect(page.locator("#tail-state")).to_contain_text("Paused: 1 lines wait")
    expect(page.locator("#lines .line")).to_have_count(0)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#lines .line")).to_have_count(1)


def test_a_wrong_pattern_is_said(observed: Laptop) -> None:
    """The call that refused it is named, with its reason."""
    status, text = observed.get(f"/logs/tail?group={GROUP}&since=0&pattern=%7B+%24.x", data=True)
    assert status == 502
    assert json.loads(text)["call"] == "logs:FilterLogEvents"
    assert "Invalid filter pattern" in json.loads(text)["error"]


def test_a_wrong_member_of_the_url_is_said(observed: Laptop) -> None:
    """A missing group, a since that is no time: the member is named, and what it takes."""
    status, text = observed.get("/logs/tail?since=0", data=True)
    assert (status, json.loads(text)["error"]) == (400, "group= is missing in the URL")
    status, text = observed.get(f"/logs/tail?group={GROUP}&since=now", data=True)
    assert (status, json.loads(text)["error"]) == (
        400,
        "since='now' is wrong: it takes milliseconds since the epoch",
    )


def test_a_query_is_a_table_and_bars(tab: Tab) -> None:
    """Grouped without bin(): a row and a bar for each group."""
    page = tab.open("/logs/insights")
    editor(tab, FAULTS)
    expect(page.locator("#result tbody tr")).to_have_count(4)
    expect(page.locator("#chart dt")).to_have_count(4)
    expect(page.locator("#result thead th.n")).to_have_count(1)
    expect(page.locator("#status")).to_contain_text("4 rows · 9 lines of ")


def test_a_query_over_time_is_lines(tab: Tab) -> None:
    """Grouped by bin(): a graph over time, a line for each group; the URL asks the same again."""
    page = tab.open("/logs/insights")
    editor(tab, "filter ispresent(status) | stats count(*) as n by bin(5m), route")
    expect(page.locator("#chart .legend li")).to_have_count(4)
    expect(page.locator("#chart .plot svg").first).to_be_visible()
    page.reload()
    expect(page.locator("#chart .legend li")).to_have_count(4)


def test_one_time_alone_stands_in_the_middle(tab: Tab) -> None:
    """Of a query of one line, and so of one bin: not on the axis, where nobody sees it."""
    page = tab.open("/logs/insights")
    editor(tab, f"filter function_request_id = '{request_id(7)}' | stats count(*) as n by bin(1d)")
    point = page.locator("#chart .scatterlayer .points path").first
    expect(point).to_be_visible()
    plot = page.locator("#chart .plot svg").first.bounding_box()
    box = point.bounding_box()
    assert plot is not None
    assert box is not None
    assert 0.15 < (box["x"] - plot["x"]) / plot["width"] < 0.85


def test_an_error_is_at_its_place(tab: Tab) -> None:
    """The place that AWS's error names is marked in the text, and said with line and column."""
    page = tab.open("/logs/insights")
    editor(tab, "fields @timestamp\n| filter status >> 3")
    expect(page.locator("#compile-error")).to_contain_text("Line 2, column 18: expected a field's name, found '>'")
    expect(page.locator("#mirror mark")).to_have_text(">")
    page.locator("#editor").press("End")
    page.locator("#editor").type(" ")
    expect(page.locator("#compile-error")).to_be_empty()


def test_the_editor_completes(tab: Tab) -> None:
    """Commands at the start and after a pipe; fields that the lines have, and functions, elsewhere."""
    page = tab.open("/logs/insights")
    area = page.locator("#editor")
    area.fill("")
    area.press_sequentially("sta")
    page.keyboard.press("Enter")
    area.press_sequentially("cou")
    expect(page.locator("#choices li").first).to_contain_text("count(*)")
    page.keyboard.press("Tab")
    area.press_sequentially("*) by rou")
    expect(page.locator("#choices li").first).to_contain_text("route")
    page.keyboard.press("Enter")
    expect(area).to_have_value("stats count(*) by route")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result tbody tr")).to_have_count(5)  # lines without a route are a group


def test_fields_that_come_late_are_offered(tab: Tab) -> None:
    """Who writes before the fields are known is offered them as they come, unless the list was closed."""
    page = tab.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("/logs/fields"), hold)
    tab.open("/logs/insights")
    page.locator("#editor").fill("stats count(*) by rou")
    expect(page.locator("#choices")).to_be_hidden()  # no function has these letters
    _let_go(page, held)
    expect(page.locator("#choices li").first).to_contain_text("route")
    page.keyboard.press("Escape")
    page.locator("#groups").dispatch_event("change")
    with page.expect_response(re.compile("/logs/fields")) as answered:
        _let_go(page, held)
    answered.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done))")
    expect(page.locator("#choices")).to_be_hidden()


def _let_go(page: Page, held: list[Route]) -> None:
    while not held:
        page.wait_for_timeout(10)
    held.pop().continue_()


def test_a_row_opens_to_its_record(tab: Tab) -> None:
    """All the fields of the row's line, whatever the query showed; one of them narrows the query."""
    page = tab.open("/logs/insights")
    editor(tab, "fields @timestamp, xray_trace_id | filter status = 500 | sort @timestamp desc")
    expect(page.locator("#result tbody tr")).to_have_count(9)
    expect(page.locator("#result tbody tr").first.locator("a")).to_have_attribute("href", re.compile(r"^/traces/1-"))
    page.get_by_role("button", name="Open row 1").click()
    record = page.locator("#result tr.record")
    expect(record.get_by_role("button", name="function_request_id")).to_be_visible()
    record.get_by_role("button", name="function_request_id").click()
    expect(page.locator("#result tbody tr")).to_have_count(1)


def test_saved_queries(tab: Tab, observed: Laptop) -> None:
    """Those that the account keeps are offered; a chosen one runs on the groups that it names."""
    saved = {"name": "by route", "queryString": FAULTS, "logGroupNames": [GROUP]}
    put = observed.logs.operations()["PutQueryDefinition"].run(Call("logs", "PutQueryDefinition", saved))
    page = tab.open("/logs/insights")
    page.get_by_label("Saved queries").select_option("by route")
    expect(page.locator("#result tbody tr")).to_have_count(4)
    assert isinstance(put, dict)
    forget = {"queryDefinitionId": put["queryDefinitionId"]}
    observed.logs.operations()["DeleteQueryDefinition"].run(Call("logs", "DeleteQueryDefinition", forget))


def test_a_link_from_a_graph_asks_at_once(tab: Tab) -> None:
    """/logs with a query is Insights, which runs it."""
    page = tab.open(f"/logs?query=stats+count(*)+as+n&group={GROUP}")
    expect(page.locator("#result tbody tr")).to_have_count(1)


def test_another_sites_link_asks_nothing(observed: Laptop) -> None:
    """A query costs money: a link on another site's page fills the editor, and runs nothing."""
    path = f"/logs/insights?query=stats+count(*)&group={GROUP}"
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert 'data-run=""' in observed.get(path, headers=elsewhere)[1]
    assert 'data-run="yes"' in observed.get(path)[1]


def test_a_function(tab: Tab) -> None:
    """Cold and warm apart, init, memory, what was billed; the configuration without the values of its environment."""
    page = tab.open("/lambda")
    expect(page.locator(".figures")).to_contain_text("Warm duration, p50 of 114")
    expect(page.locator(".figures")).to_contain_text("Cold duration, p50 of 6")
    expect(page.locator(".figures")).to_contain_text("of 512 MB: 19 %")
    expect(page.locator("#durations .dot.cold")).to_have_count(6)
    expect(page.locator("#reports tbody tr").first).to_contain_text("warm")
    expect(page.locator("dl")).to_contain_text("SECRET, TABLE")
    assert "hush-hush" not in page.content()
    page.locator("#reports tbody a").first.click()
    expect(page.locator("#waterfall .span")).not_to_have_count(0)
