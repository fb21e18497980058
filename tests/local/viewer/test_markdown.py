import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.viewer.console_links import own_page
from local.viewer.markdown import render, render_with

TAG = re.compile(r"<\s*(\w+)")
WORDS = "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul"
ALLOWED = frozenset(WORDS.split(" "))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[x](//evil.example/)",
        "![x](https://evil.example/pixel.png)",
        "<a href='javascript:alert(1)'>x</a>",
        "[x]: javascript:alert(1)\n\n[x]",
        "<svg onload=alert(1)>",
        '[x](https://a.example/"onmouseover="alert(1))',
    ],
)
def test_hostile_markdown_is_text(text: str) -> None:
    """HTML is shown as text, no link leads to a script, nothing is fetched from elsewhere."""
    html = str(render(text))
    assert {name.lower() for name in TAG.findall(html)} <= ALLOWED
    assert not re.search(r'href="(?!https?://)', html)
    assert not re.search(r"<[^>]* on\w+=", html)


@given(st.text())
def test_any_text_is_only_what_is_allowed(text: str) -> None:
    """Whatever a dashboard says, a page gets no element beyond the list, and no style or handler."""
    html = str(render(text))
    assert {name.lower() for name in TAG.findall(html)} <= ALLOWED
    assert "style=" not in re.sub(r">[^<]*<", "><", html)


def test_what_is_drawn() -> None:
    """Headings with GitHub's ids, tables with their alignment, links that open apart."""
    html = str(render("## No traffic: why?\n\n|a|\n|--:|\n|1|\n\n[out](https://aws.amazon.com/) [in](#no-traffic-why)"))
    assert '<h2 id="no-traffic-why">No traffic: why?</h2>' in html
    assert '<td class="align-right">1</td>' in html
    assert '<a href="https://aws.amazon.com/" rel="noopener noreferrer" target="_blank">out</a>' in html
    assert '<a href="#no-traffic-why">in</a>' in html


CONSOLE = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (f"{CONSOLE}#dashboards/dashboard/items-dev-service", "/dashboards/items-dev-service"),
        (f"{CONSOLE}#alarmsV2:", "/alarms"),
        (f"{CONSOLE}#alarmsV2:alarm/a%20b", "/alarms/a%20b"),
        (f"{CONSOLE}#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fitems", "/logs?group=%2Faws%2Flambda%2Fitems"),
        (f"{CONSOLE}#logsV2:logs-insights", "/logs/insights"),
        (f"{CONSOLE}#xray:traces/query", "/traces"),
        (f"{CONSOLE}#xray:traces/1-5759e988-bd862e3fe1be46a994272793", "/traces/1-5759e988-bd862e3fe1be46a994272793"),
        (f"{CONSOLE}#xray:service-map/map", "/map"),
        ("docs/runbook.md#faults", "/runbook#faults"),
        ("https://github.com/o/r/blob/main/docs/runbook.md", "/runbook"),
        ("https://example.com/#dashboards/dashboard/x", "https://example.com/#dashboards/dashboard/x"),
    ],
)
def test_links_of_the_console_lead_to_the_same_page_here(url: str, page: str) -> None:
    """A dashboard's links work on the laptop, too; a link to elsewhere stays one."""
    assert own_page(url) == page
    assert f'href="{page}"' in str(render_with(f"[x]({url})", own_page))
