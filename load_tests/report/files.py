"""report.json and report.html: read and written."""

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from load_tests.errors import ReportError
from load_tests.observation import Step
from load_tests.report.document import build, read
from load_tests.report.page import page
from load_tests.report.wishes import Wishes

JSON, HTML = "report.json", "report.html"


def write(folder: Path, steps: list[Step], about: Mapping[str, Any], wishes: Wishes, seed: int) -> Path:
    """The page's path."""
    document = build(steps, about, wishes, Random(seed))
    _replace(folder / HTML, page(document))
    _replace(folder / JSON, json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n")
    return folder / HTML


def load(path: Path) -> tuple[list[Step], dict[str, Any]]:
    """From a report.json, or the folder that has one. Raises ReportError, which names the file."""
    path = path / JSON if path.is_dir() else path
    try:
        return read(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ReportError(f"{path} is no JSON: {error}") from None
    except ReportError as error:
        raise ReportError(f"{path}: {error}") from None


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(path.suffix + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
