"""PURE: Markdown -> safe HTML: HTML in it is text, links lead to http(s) or to pages here, there are no images."""

import re
from collections.abc import Callable, MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

_OWN = re.compile(r"(?:\.\./)?docs/runbook\.md(?:#[\w-]+)?")
_LINK = re.compile(r"(?:https?://|#|/(?!/))", re.IGNORECASE)


def render(text: str) -> Markup:
    """The runbook's Markdown. Headings get ids, as on GitHub, so that `#section` finds them."""
    return render_with(text, str)


def render_with(text: str, page: Callable[[str], str]) -> Markup:
    """The same, with every link's target as `page` has it."""
    return Markup(_parser().render(text, {"page": page}))  # noqa: S704 - its parser lets no HTML through


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    parser.validateLink = lambda url: _LINK.match(url) is not None or _OWN.fullmatch(url) is not None  # type: ignore[method-assign]
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("link_open", _link)
    parser.add_render_rule("th_open", _cell)
    parser.add_render_rule("td_open", _cell)
    return parser


def _heading(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, _env: MutableMapping[str, Any]
) -> str:
    words = re.sub(r"[^\w\- ]", "", tokens[index + 1].content.lower()).replace(" ", "-")
    tokens[index].attrSet("id", words)
    return renderer.renderToken(tokens, index, options, _env)


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]
) -> str:
    tokens[index].attrSet("href", env["page"](str(tokens[index].attrGet("href"))))
    if str(tokens[index].attrGet("href")).lower().startswith("http"):
        tokens[index].attrSet("rel", "noopener noreferrer")
        tokens[index].attrSet("target", "_blank")
    return renderer.renderToken(tokens, index, options, env)


def _cell(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, _env: MutableMapping[str, Any]
) -> str:
    """Its alignment as a class: a strict content-security policy allows no style attribute."""
    style = tokens[index].attrs.pop("style", None)
    if style:
        tokens[index].attrSet("class", str(style).replace("text-align:", "align-"))
    return renderer.renderToken(tokens, index, options, _env)
