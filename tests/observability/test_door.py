"""The door: what may be imported from it, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import observability

ROOT = Path(__file__).parents[2]


def test_all_is_complete() -> None:
    """Everything that the door offers is in __all__, and everything in __all__ is there."""
    offered = {
        "Metric",
        "ObservabilityError",
        "Record",
        "Settings",
        "Span",
        "Unit",
        "current",
        "fast_imports",
        "lambda_handler",
        "logger",
        "observe",
        "span",
    }
    assert set(observability.__all__) == offered
    assert all(hasattr(observability, name) for name in offered)


def test_importing_loads_only_the_standard_library() -> None:
    """`import observability` loads itself and the standard library: no framework, no SDK, no Mangum, and of the
    standard library nothing heavy that is only needed later."""
    code = """
import sys
before = set(sys.modules)
import observability
loaded = {name.partition('.')[0] for name in set(sys.modules) - before}
foreign = loaded - sys.stdlib_module_names - {'observability'}
later = loaded & {'asyncio', 'logging', 'socket', 'traceback', 'uuid', 'decimal', 'typing_extensions', 'random'}
print(sorted(foreign), sorted(later))
print(sorted(name for name in sys.modules if name.startswith('observability.')))
"""
    # -I: no user site, no environment; -S: no site-packages' .pth files, which may import what they like.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    modules, ours = done.stdout.splitlines()
    assert modules == "[] []"
    assert "observability.testing" not in ours
    assert "observability.tracing.native" not in ours
