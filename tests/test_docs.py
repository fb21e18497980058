"""The pages under docs/ and what they are made from cannot drift apart."""

import re
from pathlib import Path
from typing import get_args

import pytest

from docs import aws_page, deploy_page, telemetry_page
from docs.aws_examples import INSIGHTS
from docs.aws_languages import read_statistic, verdict
from docs.settings_page import page, section
from local.cloudwatch.logs.insights import parse_query
from local.cloudwatch.logs.insights.syntax import Command

ROOT = Path(__file__).resolve().parent.parent


def test_settings_page_is_the_tables() -> None:
    """docs/settings.md is what `make docs` writes now."""
    assert (ROOT / "docs/settings.md").read_text() == page(), "make docs writes it anew"


def test_aws_page_is_what_is_offered() -> None:
    """docs/aws.md is what `make docs` writes now: operation by operation, parameter by parameter."""
    text = (ROOT / "docs/aws.md").read_text()
    assert text == aws_page.page(), "make docs writes it anew"
    assert "| `Invoke` | `DurableExecutionName`, `TenantId` |" in text
    assert "| `GetAlias` | none |" in text
    assert re.search(r"^Refused: .*\bDeleteFunctionUrlConfig\b", text, re.MULTILINE)


def test_aws_page_names_functions_and_features() -> None:
    """Function by function and feature by feature: supported, or refused with the reason that a client is given."""
    lines = aws_page.page().splitlines()
    assert {
        "| `p99.9` | supported |",
        "| `FILL` | supported, 2 arguments |",
        "| `ANOMALY_DETECTION_BAND` | refused: there is no anomaly detection |",
        "| `{ $.a NOT EXISTS }` | supported |",
        "| `pct` | supported, aggregate of stats, 2 arguments |",
        "| `concat` | supported, function, 1 argument or more |",
        "| `pattern` | refused: the command pattern (characters 0 to 7) is not supported on the laptop |",
        "| `http.status` | a number; = != < <= > >=; of a trace, service(), edge() |",
        "| missing data is `notBreaching` | supported |",
        "| a metric of another account (AccountId) | refused: AccountId of m1: there is one account here |",
        "| `chart` | refused: A widget of type chart is not supported here, only at AWS |",
        "| `explorer` | supported |",
    } <= set(lines)


def test_aws_page_has_an_example_of_each_command() -> None:
    """A command that the parser learns and the page does not show fails here; so does one that it forgets."""
    taken = [example for example in INSIGHTS if "offset" not in example]
    shown = {type(command) for example in taken for command in parse_query(example).commands}
    assert shown == set(get_args(Command))


def test_a_wrong_example_is_no_refusal() -> None:
    """An example with a mistake in it stops `make docs`: it says nothing about what is supported."""
    with pytest.raises(ValueError, match="p101 is no statistic"):
        verdict(lambda: read_statistic("p101"))


def test_telemetry_page_is_the_catalogue() -> None:
    """docs/telemetry.md is what `make docs` writes now."""
    assert (ROOT / "docs/telemetry.md").read_text() == telemetry_page.page(), "make docs writes it anew"


def test_telemetry_page_names_line_and_metrics() -> None:
    """A member of the line, a metric of the library and one of the service are there, with unit and dimensions."""
    text = telemetry_page.page()
    assert "| `xray_trace_id` | the X-Ray trace id: 1-<8 hex digits>-<24 hex digits> |" in text
    assert "| `Latency` | Milliseconds | [service], [service, route] | the line's duration_ms |" in text
    assert "| `ItemsCreated` | Count | [service], [service, route] |" in text


def test_settings_page_names_every_room() -> None:
    """A setting of each room is there, with its default."""
    text = page()
    assert "| `ITEMS_DATABASE` | `/tmp/items.sqlite3` |" in text
    assert "| `AWS_XRAY_DAEMON_ADDRESS` | `127.0.0.1:2000` |" in text
    assert "| `LOCAL_PORT` | `8000` |" in text


def test_deploy_page_is_the_template() -> None:
    """docs/deploy.md is what `make docs` writes now: every parameter with its default, values and meaning."""
    page = deploy_page.page((ROOT / "sam_template.yaml").read_text())
    assert (ROOT / "docs/deploy.md").read_text() == page, "make docs writes it anew"
    assert "| `MemorySize` | `512` | 128 to 10240 | MB. CPU comes with it" in page
    assert "| `AlarmEmail` | empty | text | Who hears of alarms" in page
    assert "| `SnapStart` | `None` | `None`, `PublishedVersions` |" in page


def test_bar_in_a_cell_stays_in_it() -> None:
    """A | in a meaning doesn't end its cell."""
    assert section("T", "s.py", [("A", "1", "on|off", "m")]).splitlines()[-1] == "| A | 1 | on\\|off | m |"


def test_pages_name_files_and_targets_that_exist() -> None:
    """What CONTRIBUTING.md and docs/ call a file or a make target is one."""
    pages = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    targets = set(re.findall(r"^([A-Za-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for text in (path.read_text() for path in pages):
        named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|md|sh|yaml))`", text)
        assert [name for name in named if not (ROOT / name).exists()] == []
        assert set(re.findall(r"`make ([A-Za-z-]+)", text)) - targets == set()
