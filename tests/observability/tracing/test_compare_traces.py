"""python -m observability compare-traces: what it takes for the same, what for different, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
_TRACE = "1-5759e988-bd862e3fe1be46a994272793"


def segment(**members: Any) -> dict[str, Any]:
    """As the X-Ray SDK for Python writes one."""
    below = {
        "id": "00000000000000ab",
        "name": "charge",
        "start_time": 2.0,
        "end_time": 3.0,
        "namespace": "remote",
        "annotations": {"amount": 5},
        "http": {"request": {"method": "POST", "url": "http://bank/pay"}, "response": {"status": 200}},
        "sql": {"database_type": "SQLite"},
    }
    return {
        "trace_id": _TRACE,
        "id": "53995c3f42cd8ad8",
        "name": "shop",
        "start_time": 1.0,
        "end_time": 4.0,
        "aws": {"xray": {"sdk": "X-Ray for Python", "sdk_version": "2.15.0"}},
        "subsegments": [below],
        **members,
    }


def otlp() -> dict[str, Any]:
    """The same as OpenTelemetry would write it."""

    def attributes(**values: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"key": key.replace("__", "."), "value": value} for key, value in values.items()]

    root = {"traceId": "5759e988bd862e3fe1be46a994272793", "spanId": "1111111111111111", "name": "GET /", "kind": 2}
    below = {
        "traceId": "5759E988BD862E3FE1BE46A994272793",
        "spanId": "2222222222222222",
        "parentSpanId": "1111111111111111",
        "name": "charge",
        "kind": "SPAN_KIND_CLIENT",
        "startTimeUnixNano": "2000000000",
        "attributes": attributes(
            amount={"intValue": "5"},
            http__request__method={"stringValue": "POST"},
            url__full={"stringValue": "http://bank/pay"},
            http__response__status_code={"intValue": "200"},
            db__system__name={"stringValue": "SQLite"},
        ),
    }
    spans = [below, {**root, "startTimeUnixNano": "1000000000"}]
    resource = {"attributes": attributes(service__name={"stringValue": "shop"})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}


def compare(tmp_path: Path, a: list[Any], b: list[Any], *options: str) -> tuple[int, str, str]:
    for name, values in (("a", a), ("b", b)):
        lines = (value if isinstance(value, str) else json.dumps(value) for value in values)
        (tmp_path / name).write_text("\n".join(lines))
    command = [
        sys.executable,
        "-m",
        "observability",
        "compare-traces",
        str(tmp_path / "a"),
        str(tmp_path / "b"),
        *options,
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout, run.stderr


def test_the_same_said_otherwise(tmp_path: Path) -> None:
    """An X-Ray segment, the same in pieces with other ids and times and without the SDK's words about itself, and
    OTLP: no difference."""
    whole = segment()
    apart = segment(id="1" * 16, start_time=9.0, aws={}, subsegments=[], namespace="local")
    below = {**whole["subsegments"][0], "id": "2" * 16, "trace_id": _TRACE, "parent_id": "1" * 16, "type": "subsegment"}
    for other in ([below, "", apart], [otlp()]):
        assert compare(tmp_path, [whole], other) == (0, "", "")


def test_every_difference_is_a_line_with_its_place(tmp_path: Path) -> None:
    """What, where, what each says; exit status 1."""
    changed = segment(fault=True, name="store", cause={"exceptions": [{"id": "a" * 16, "type": "E", "message": "m"}]})
    changed["subsegments"][0]["annotations"] = {"amount": 6, "currency": "EUR"}
    changed["subsegments"].append({"id": "3" * 16, "name": "more", "start_time": 3.0})
    del changed["subsegments"][0]["sql"]
    assert compare(tmp_path, [segment()], [changed, {**segment(), "trace_id": _TRACE[:-1] + "0"}]) == (
        1,
        """trace 1: shop: name: 'shop' in A, 'store' in B
trace 1: shop: exception.message: 'm' is only in B
trace 1: shop: exception.type: 'E' is only in B
trace 1: shop: fault: True is only in B
trace 1: shop > charge: annotations.amount: 5 in A, 6 in B
trace 1: shop > charge: annotations.currency: 'EUR' is only in B
trace 1: shop > charge: sql.database_type: 'SQLite' is only in A
trace 1: shop > more: is only in B
trace 2: 'shop' is only in B
""",
        "",
    )


def test_ids_that_no_two_requests_share(tmp_path: Path) -> None:
    """A request's ids are to be there, not to be the same; what is ignored doesn't count at all."""
    one = segment(annotations={"request_id": "1", "correlation_id": "1", "cold_start": True})
    other = segment(annotations={"request_id": "2", "correlation_id": "2", "cold_start": False})
    assert compare(tmp_path, [one], [other])[:2] == (
        1,
        "trace 1: shop: annotations.cold_start: True in A, False in B\n",
    )
    assert compare(tmp_path, [one], [other], "--ignore", "annotations.cold_start")[0] == 0
    assert compare(tmp_path, [one], [segment()], "--ignore", "annotations.cold_start")[0] == 1
    assert compare(tmp_path, [one], [segment()], "--ignore", "annotations")[0] == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "b, line 2: no JSON"),
        ('{"name": "x"}', "b, line 2: something else"),
        ("[1]", "b, line 2: something else"),
        ('{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "x"}]}]}]}', "b, line 2: no OTLP request"),
    ],
)
def test_what_is_no_trace_is_named(tmp_path: Path, line: str, told: str) -> None:
    """The file and the line; exit status 2."""
    status, out, err = compare(tmp_path, [segment()], [segment(), line])
    assert (status, out) == (2, "")
    assert told in err
    assert "it would be right as an X-Ray document" in err


def test_a_file_that_is_empty_or_not_there(tmp_path: Path) -> None:
    """Nothing to compare is no agreement."""
    assert compare(tmp_path, [segment()], [])[0] == 2
    command = [sys.executable, "-m", "observability", "compare-traces", str(tmp_path / "a"), str(tmp_path / "none")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert str(tmp_path / "none") in run.stderr
