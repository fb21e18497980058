"""PURE: HTML from texts. What is not Html is text, and is escaped: nothing measured is ever read as markup."""

from collections.abc import Sequence
from html import escape


class Html(str):
    """Markup that was made here."""

    __slots__ = ()


def safe(part: str) -> str:
    return part if isinstance(part, Html) else escape(part)


def tag(name: str, *parts: str, **attributes: str) -> Html:
    """`class_="left"` is the attribute class."""
    given = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{given}>{''.join(map(safe, parts))}</{name}>")


def joined(*parts: str) -> Html:
    return Html("".join(map(safe, parts)))


def figure(title: str, drawing: str, caption: str = "") -> Html:
    return tag("figure", tag("figcaption", tag("b", title), caption), Html(drawing))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], best: Sequence[bool] = (), kind: str = "wide") -> Html:
    """`best`: which rows stand out."""
    head = tag("tr", *(name if isinstance(name, Cell) else tag("th", name) for name in heads))
    body = [
        tag("tr", *(cell if isinstance(cell, Cell) else tag("td", cell) for cell in row), class_="best" if good else "")
        for row, good in zip(rows, best or [False] * len(rows), strict=True)
    ]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_=kind)


class Cell(Html):
    """A whole <td> or <th>."""

    __slots__ = ()


def two(first: str, second: str) -> Html:
    """A number and, small below it, its interval."""
    return joined(first, tag("small", second)) if second else joined(first)


def left(text: str) -> Cell:
    """The head of a column of words."""
    return Cell(tag("th", text, class_="left"))


def prose(text: str) -> Cell:
    return Cell(tag("td", text, class_="prose"))


def keys(*names: str) -> Html:
    """What the colours mean."""
    return joined(*(part for name in names for part in (tag("span", class_=f"key {name}"), name)))


def note(text: str) -> Html:
    """Small print."""
    return tag("p", text, class_="note")
