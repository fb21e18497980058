"""The board of this repository, what the service emits when driven, and boards written for a test."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dashboards import resolving, template
from dashboards.driving import drive

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboards.evidence import Evidence
    from dashboards.template import Board

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    """What the real service leaves in all scenarios."""
    return drive(ROOT)


@pytest.fixture(scope="session")
def own() -> Board:
    return template.own()


@pytest.fixture(scope="session")
def resources(own: Board) -> dict[str, Any]:
    """The template's resources, with an example's values."""
    return resolving.resolved(template.template(own), resolving.EXAMPLE)


@pytest.fixture
def written(tmp_path: Path, own: Board) -> Callable[..., Board]:
    """The repository's board with what a file `board.py` of this text adds: its DASHBOARD, ALARMS, QUERIES, FILTERS."""

    def write(text: str) -> Board:
        path = tmp_path / "board.py"
        path.write_text(text)
        spec = importlib.util.spec_from_file_location("written_board", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found = vars(module)
        return replace(
            own,
            dashboards=(*own.dashboards, *([found["DASHBOARD"]] if "DASHBOARD" in found else [])),
            alarms=(*own.alarms, *found.get("ALARMS", ())),
            queries=(*own.queries, *found.get("QUERIES", ())),
            filters=(*own.filters, *found.get("FILTERS", ())),
            trace_filters=(*own.trace_filters, *found.get("TRACE_FILTERS", ())),
        )

    return write
