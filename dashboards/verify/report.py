"""PURE: findings -> what people read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dashboards.verify.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COLUMNS = ("", "what", "where", "found")
KINDS = {"widget": "widgets", "alarm": "alarms", "query": "saved queries"}


def report(findings: Sequence[Finding]) -> str:
    """A table, then each that has no data below what to do about it, then the sums."""
    explained = [line for verdict in (Verdict.NOT_HERE, Verdict.NONE) for line in _explained(findings, verdict)]
    return "\n".join([*_table(findings), "", *explained, *_sums(findings), ""])


def _table(findings: Sequence[Finding]) -> Iterator[str]:
    rows = [COLUMNS, *((one.verdict.value, one.kind, one.where, one.found) for one in findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _explained(findings: Sequence[Finding], verdict: Verdict) -> Iterator[str]:
    concerned = [one for one in findings if one.verdict is verdict]
    for advice in dict.fromkeys(one.advice for one in concerned):
        yield f"{verdict.value}: {advice}"
        for one in concerned:
            if one.advice == advice:
                yield f"    {one.kind} {one.where}: {one.found}"
        yield ""


def _sums(findings: Sequence[Finding]) -> Iterator[str]:
    for kind, kinds in KINDS.items():
        counted = Counter(one.verdict for one in findings if one.kind == kind)
        figures = ", ".join(f"{counted[verdict]} {verdict.value}" for verdict in Verdict)
        yield f"{counted.total()} {kinds}: {figures}"
