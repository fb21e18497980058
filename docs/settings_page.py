"""PURE: the settings tables of the rooms -> docs/settings.md."""

from collections.abc import Iterable, Sequence

import local.settings
import observability.settings
import service.settings
from docs.tables import table

HEAD = """\
# Settings

Made by `make docs` from the tables in the code; edit those. Every setting is an environment variable. In AWS the
function's are given by `sam_template.yaml`; on a laptop, `make run` passes on those that the template names.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join(
        [
            HEAD,
            section("The service", "service/settings.py", _rows(service.settings.Settings)),
            section("What it leaves behind", "observability/settings.py", _rows(observability.settings.Settings)),
            section("The laptop's AWS", "local/settings.py", _local_rows()),
        ]
    )


def section(title: str, source: str, rows: Iterable[Sequence[str]]) -> str:
    """One room's table: variable, default, values, meaning."""
    lines = table(("variable", "default", "values", "meaning"), rows)
    return "\n".join([f"## {title}", "", f"From `{source}`.", "", *lines, ""])


def _rows(settings: type) -> Iterable[Sequence[str]]:
    for row in observability.settings.table(settings):
        default = f"`{row.default}` {row.unit}".strip() if row.default else "unset"
        yield f"`{row.variable}`", default, row.kind, row.meaning


def _local_rows() -> Iterable[Sequence[str]]:
    for variable, default, meaning, allowed in local.settings.table():
        yield f"`{variable}`", f"`{default}`" if default else "unset", allowed, meaning
