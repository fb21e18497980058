"""The template as SAM expands it, and the tools that look at it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from deployment.checks import Case
from deployment.tools import ROOT, Tools

TEMPLATE, NESTED = ROOT / "sam_template.yaml", ROOT / "dashboards/generated/monitoring.json"


@pytest.fixture(scope="session")
def tools() -> Tools:
    return Tools(ROOT, dict(os.environ))


@pytest.fixture(scope="session")
def case(tools: Tools) -> Case:
    """The templates as they are."""
    return Case(TEMPLATE, NESTED, tools)


@pytest.fixture
def expanded(case: Case) -> Any:
    """A copy of the expanded template, to be changed."""
    return json.loads(json.dumps(case.expanded))


@pytest.fixture
def monitoring() -> Any:
    """A copy of the nested template, to be changed."""
    return json.loads(NESTED.read_text())


class Changed(Case):
    """The case with other templates in place of those read: set as its cached properties are."""

    def __init__(self, tools: Tools, expanded: Any, monitoring: Any) -> None:
        super().__init__(Path("sam_template.yaml"), Path("monitoring.json"), tools)
        self.__dict__.update(expanded=expanded, monitoring=monitoring)
