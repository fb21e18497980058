"""Where each metric is declared: what a failure names when the board has no line to mend."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = ("observability/catalogue.py", "service/metrics.py")


def declarations(root: Path) -> dict[str, str]:
    """The metric's name -> `service/metrics.py:9`."""
    return {
        metric: f"{name}:{line}"
        for name in FILES
        for metric, line in _declared(ast.parse((root / name).read_text(encoding="utf-8")))
    }


def _declared(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Metric"), args=[ast.Constant(value=str() as name), *_]):
                yield name, node.lineno
