"""PURE: text of unknown origin, made safe for one line of a terminal or a file."""

import re

# Control characters (C0 without tab, DEL, C1: they steer terminals), the line ends of Unicode, and the marks that
# reorder text on screen.
_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NAMES = {"\n": "\\n", "\r": "\\r", "\x1b": "\\x1b"}


def one_line(text: str) -> str:
    r"""The text with what could end the line or steer a terminal written as an escape (`\n`, `\x1b`, `\u2028`)."""
    return _UNSAFE.sub(_escape, text.removesuffix("\n"))


def cut(text: str, width: int) -> str:
    """At most `width` characters, the last one an ellipsis when something is missing."""
    return text if len(text) <= width else text[: width - 1] + "…"


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in _NAMES:
        return _NAMES[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
