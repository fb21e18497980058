"""report.html and report.json."""

import json
import re
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load_tests.__main__ import main
from load_tests.errors import ReportError
from load_tests.observation import Phase, Step
from load_tests.report.document import build, read
from load_tests.report.files import load, write
from load_tests.report.page import page
from load_tests.report.scales import decades, ticks
from load_tests.report.wishes import Wishes
from tests.load_tests.report.measured import one, step

ABOUT: dict[str, Any] = {
    "function": "ItemsFunction",
    "endpoint": "http://127.0.0.1:4566",
    "region": "us-east-1",
    "architecture": "x86_64",
    "is_model": True,
    "made": "2026-11-26T02:00:00+00:00",
    "rounds": 2,
    "cold": 10,
    "duration_s": 60,
    "rate": 10,
    "seed": 1,
    "notes": [],
}
HOSTILE = "<script>alert(1)</script>\"'&"


def steps(route: str = "GET /api/items/") -> list[Step]:
    return [
        step(
            memory,
            [one(ms * (1 + at / 100), route=route, at_s=1000 + at / 10) for at in range(50)]
            + [one(ms, init_ms=500, route=route, phase=Phase.COLD) for _ in range(3)],
        )
        for memory, ms in ((128, 80), (512, 20), (1769, 6))
    ]


def rendered(route: str = "GET /api/items/", **about: Any) -> str:
    return page(build(steps(route), {**ABOUT, **about}, Wishes(), Random(1)))


class Tags(HTMLParser):
    """Every element that the page opens, with its attributes; and whether all that must be closed is."""

    VOID = ("meta",)
    DRAWN = ("line", "circle", "rect", "path", "text", "title", "svg")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(html: str) -> Tags:
    parser = Tags()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


def test_page_says_what_to_set() -> None:
    """Memory and timeout, seven charts, and that it is a model; on AWS it doesn't say that."""
    html = rendered()
    assert "<b>128 MB</b>" in html
    assert "<b>2 s</b>" in html  # twice 580 ms
    assert html.count("<svg") == 7
    assert "A model, not AWS." in html
    assert "A model, not AWS." not in rendered(is_model=False)


def test_routes_are_told_in_words() -> None:
    """No route needs more than another; one does; one needs more than was measured."""
    assert "No route needs more memory than another: 128 MB do." in rendered()

    def said(p99_ms: float) -> str:
        mixed = [
            step(memory, [one(ms, route="GET /quick") for _ in range(9)] + [one(ms * 9, route="GET /<slow>")])
            for memory, ms in ((128, 20), (512, 5))
        ]
        return page(build(mixed, ABOUT, Wishes(p99_ms=p99_ms), Random(1)))

    assert "GET /&lt;slow&gt; sets the memory: it needs 512 MB." in said(100)
    assert "GET /&lt;slow&gt; sets the timeout: its slowest answer took 180 ms." in said(100)
    assert "More memory than was measured is needed by GET /&lt;slow&gt;." in said(30)


def test_page_needs_nothing_else() -> None:
    """One file: no script, nothing fetched; its only address is the link to click."""
    found = tags(rendered()).found
    assert {tag for tag, _ in found} & {"script", "link", "img", "iframe", "object", "base", "form"} == set()
    links = [str(attributes["href"]) for tag, attributes in found if tag == "a"]
    assert [link.partition("#")[0] for link in links] == ["https://lambda-power-tuning.show/"]
    assert not any("src" in attributes for _, attributes in found)
    assert "url(" not in rendered()
    assert "default-src 'none'" in {str(attributes.get("content"))[:18] for tag, attributes in found if tag == "meta"}


def test_nothing_measured_is_markup() -> None:
    """A route, a function's name and a note that look like HTML are shown as they are."""
    html = rendered(HOSTILE, function=HOSTILE, notes=[HOSTILE], endpoint=HOSTILE)
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;") >= 4
    assert {tag for tag, _ in tags(html).found} == {tag for tag, _ in tags(rendered(notes=["a"])).found}


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=40))
def test_any_route_makes_a_page(route: str) -> None:
    """Whatever a service logs: the page's elements stay in order, and none is added."""
    assert [tag for tag, _ in tags(rendered(route)).found] == [tag for tag, _ in tags(rendered()).found]


def test_numbers_on_the_page_are_numbers() -> None:
    """No chart has a place that is no number."""
    assert not re.search(r"\b(nan|inf|None)\b", rendered())


def test_an_empty_sweep_has_a_page() -> None:
    """Every request lost: nothing to recommend, and the page says so."""
    html = page(build([step(128, [])], ABOUT, Wishes(), Random(1)))
    tags(html)
    assert "nothing could be measured" in html


def test_json_keeps_every_measurement(tmp_path: Path) -> None:
    """What is written is read again as it was, and makes the same page."""
    write(tmp_path, steps(), ABOUT, Wishes(), seed=1)
    found, about = load(tmp_path)
    assert found == steps()
    assert about == ABOUT
    assert page(build(found, about, Wishes(), Random(1))) == (tmp_path / "report.html").read_text()


def test_report_command_writes_it_anew(tmp_path: Path) -> None:
    """Other wishes, no other sweep: a p99 below 100 ms needs 512 MB here, one below 200 ms 128."""
    write(tmp_path, steps(), ABOUT, Wishes(), seed=1)
    for wish, pick in (("100", "512 MB"), ("200", "128 MB"), ("20", "1769 MB")):
        assert main(["report", str(tmp_path), "--p99", wish], {}) == 0
        document = json.loads((tmp_path / "report.json").read_text())
        assert document["analysis"]["recommendations"][3]["name"] == pick
        assert document["analysis"]["wishes"]["p99_ms"] == float(wish)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("{}", "not a sweep's report.json of version 1"),
        ('{"version": 1}', "`about`"),
        ('{"version": 1, "about": {"architecture": "arm64"}, "steps": [{}]}', "a step lacks 'configuration'"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """With the file's name, and what it lacks."""
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(ReportError, match=r"report\.json") as raised:
        load(path)
    assert said in str(raised.value)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["version", "about", "steps", "configuration", "architecture"]), inner)
        ),
    )
)
def test_reading_fails_only_in_its_own_way(found: Any) -> None:
    """Any JSON is a report or a ReportError."""
    document = {
        "version": 1,
        "about": {"architecture": "x"},
        **(found if isinstance(found, dict) else {"steps": found}),
    }
    with suppress(ReportError):
        read(document)


def test_compare_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twice the same: nothing changed. A slower one is told, and with --fail by the exit code too."""
    slower = [step(512, [one(40 + at / 10) for at in range(100)])]
    for name, given_steps in (("a", [step(512, [one(20 + at / 10) for at in range(100)])]), ("b", slower)):
        (tmp_path / name).mkdir()
        write(tmp_path / name, given_steps, ABOUT, Wishes(), seed=1)
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    assert main(["compare", a, a], {}) == 0
    assert capsys.readouterr().out == "0 of 8 measures changed beyond noise\n"
    assert main(["compare", a, b, "--fail"], {}) == 1
    assert "512 MB  warm p50    25 ms  45 ms  more, x 1.80\n" in capsys.readouterr().out
    assert main(["compare", b, a, "--fail"], {}) == 0
    assert "less, x 0.56" in capsys.readouterr().out
    assert main(["compare", a, str(tmp_path / "c")], {}) == 1
    assert capsys.readouterr().err == f"load_tests: {tmp_path}/c: No such file or directory\n"


def test_ticks() -> None:
    """Steps of 1, 2 or 5, to the value or just above; powers of ten where three of them do."""
    assert ticks(0.47) == [0, 0.2, 0.4, 0.6]
    assert ticks(100) == [0, 50, 100]
    assert ticks(0) == [0, 1]
    assert decades([3, 4000]) == [1, 10, 100, 1000, 10_000]
    assert decades([30, 80]) == [20, 50, 100]
    assert decades([10]) == [10, 100]
