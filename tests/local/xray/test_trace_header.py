"""`X-Amzn-Trace-Id`, continued or begun (AWS page "X-Ray concepts")."""

import re

import pytest

from local.xray.trace_header import TraceHeader, new_segment_id

ROOT = "1-5759e988-bd862e3fe1be46a994272793"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Root={ROOT}", TraceHeader(ROOT)),
        (f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1", TraceHeader(ROOT, "53995c3f42cd8ad8", sampled=True)),
        (f" Sampled=0 ; Root={ROOT.upper()}", TraceHeader(ROOT, None, sampled=False)),
        (f"Root={ROOT};Parent=short;Sampled=?;Lineage=1:2:3", TraceHeader(ROOT)),
    ],
)
def test_a_clients_header_is_continued(text: str, expected: TraceHeader) -> None:
    """Root, Parent and Sampled in any order; what is malformed is left out."""
    assert TraceHeader.read(text, 0) == expected


@pytest.mark.parametrize("text", [None, "", "nonsense", "Root=", "Root=1-5759e988-short;Sampled=1", "=;=;"])
def test_a_new_trace_is_begun(text: str | None) -> None:
    """No Root that is a trace id: a new one, with the time in it, and no decision about sampling."""
    header = TraceHeader.read(text, 0x5759E988 + 0.9)
    assert re.fullmatch(r"1-5759e988-[0-9a-f]{24}", header.root)
    assert (header.parent, header.sampled) == (None, None)


def test_how_it_is_written() -> None:
    """`Root=...;Parent=...;Sampled=1`, only what is known."""
    assert str(TraceHeader(ROOT, "53995c3f42cd8ad8", sampled=True)) == f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"
    assert str(TraceHeader(ROOT)) == f"Root={ROOT}"


def test_ids_differ() -> None:
    """Segment ids are 16 hexadecimal digits, and no two are the same."""
    ids = {new_segment_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"[0-9a-f]{16}", found) for found in ids)
