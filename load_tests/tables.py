"""PURE: tables for people: on a terminal, and in Locust's HTML report."""

from collections.abc import Sequence
from html import escape

Row = Sequence[str]


def text_table(title: str, columns: Row, rows: Sequence[Row]) -> list[str]:
    widths = [max(len(row[at]) for row in (columns, *rows)) for at in range(len(columns))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (columns, *rows)
    ]
    return [title, lines[0], "-" * sum(widths, 2 * len(widths) - 2), *lines[1:], ""]


def html_table(title: str, columns: Row, rows: Sequence[Row]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h2>{escape(title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


_STYLE = (
    "<style>#glasshouse{font:14px sans-serif;margin:2em;padding:1em;background:#fff;color:#222}"
    "#glasshouse table{border-collapse:collapse;margin-bottom:2em}"
    "#glasshouse td,#glasshouse th{padding:2px 10px;border-bottom:1px solid #ddd;text-align:left;"
    "font-variant-numeric:tabular-nums}</style>"
)


def section(parts: Sequence[str]) -> str:
    """Our part of a page."""
    return f"{_STYLE}<div id='glasshouse'>{''.join(parts)}</div>"


def insert(page: str, part: str) -> str:
    """`part` at the end of a page's body; at its end where it has none."""
    before, end, after = page.rpartition("</body>")
    return f"{before}{part}{end}{after}" if end else page + part
