"""Takes secrets out of what is to be written: by the names of fields, and by their form in texts. PURE.

A name is a secret's if one of its words is (password, secret, authorization, cookie, credentials ...), or two of them
are (api key, access token), or a setting names it; case, hyphens, underscores and humps don't matter. A text's secret
is what follows such a name and a colon or equals sign, a scheme (Bearer), or what looks like one by itself (a JWT, an
AWS access key, a password in a URL). Nothing that holds no secret is copied or changed.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from observability.spans import Span, Told

REDACTED = "[redacted]"
"""What stands where a secret was."""

_WORDS = frozenset(
    {
        "authorization",
        "cookie",
        "cookies",
        "credential",
        "credentials",
        "passphrase",
        "passwd",
        "password",
        "passwords",
        "pwd",
        "secret",
        "secrets",
        "apikey",
        "apikeys",
        "jwt",
    }
)
_KEYS = frozenset({"api", "access", "private", "secret", "signing", "encryption", "session", "account", "auth"})
"""What a key must be to be a secret: a plain `key` is what a table has."""
_TOKENS = frozenset({"token", "tokens"})
_NO_TOKEN = frozenset(
    (
        "age",
        "bucket",
        "count",
        "counts",
        "expires",
        "expiry",
        "length",
        "limit",
        "next",
        "page",
        "size",
        "total",
        "type",
    )
)
"""Words beside `token` that make it a number or a place in a list."""
_GLUED = ("password", "passwd", "accesstoken", "authtoken", "apikey", "setcookie", "privatekey", "secretkey")
"""Secrets in names that are written as one word."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GAP = re.compile(r"[^A-Za-z0-9]+")
_DEEPEST = 32
_MOST_NAMES = 2_000
"""Of which the answer is remembered: field names are few, unless somebody makes them up."""
_BLOCKS = ("annotations", "metadata_", "http", "aws", "sql")
"""Where a span keeps what it was told."""
_PLAIN = (int, float, bool, type(None))

_HINTS = ("authori", "cookie", "key", "pass", "secret", "token", "credential", "bearer", "basic", "eyj", "akia", "asia")
"""A text without any of these, in lower case, and without `://` holds nothing to look for."""
_NAMES_IN_TEXT = (
    r"authorization|cookie|api[-_ ]?key|password|passwd|passphrase|secret(?:[-_]?access)?(?:[-_]?key)?|token"
    r"|(?:private|access|session)[-_]?key|credentials"
)
_IS = r"""(?:["']?\s*[:=]|["']\s*,)\s*"""
_QUOTED = r"""b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.)*'"""
_VALUE = rf"""(?:(?:bearer|basic|digest|negotiate)\s+)?(?:{_QUOTED}|["']?[^\s,;&"'}}\])]+)"""
_CREDENTIAL = r"(?=(?-i:\S{0,4096}(?:[a-z][A-Z]|[0-9=])))[\w.~+/=-]{8,}"
"""What follows a scheme; `basic understanding` does not."""
_BY_THEMSELVES = (
    rf"\b(?P<scheme>bearer|basic)\s+{_CREDENTIAL}"
    r"|\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"
    r"|\b(?-i:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|(?P<url>://[^\s:/@]{0,200}:)[^\s/@]+(?=@)"
)


class Redaction:
    """`names`: further names of secret fields, as a setting gives them; in texts they count as well."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(map(_plain, names)) - {""}
        self._known: dict[str, bool] = {}

    def fields(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fields without their secrets, at any depth; themselves if they hold none."""
        if not fields:
            return fields
        changed = {name: self._member(name, value, ()) for name, value in fields.items() if self._tells(name, value)}
        return {**fields, **changed} if changed else fields

    def spans(self, root: Span) -> None:
        """Takes the secrets out of the span and all below it, for good: they have ended, and nobody reads them but who
        sends them.
        """
        left = [root]
        while left:
            span = left.pop()
            left += span.children
            if (
                span.annotations or span.metadata_ or span.http or span.aws or span.sql
            ):  # those of most requests are empty
                for name in _BLOCKS:
                    setattr(span, name, self.fields(getattr(span, name)))
            if span.told is not None:
                self._told(span.told)

    def _told(self, told: Told) -> None:
        told.attributes = dict(self.fields(told.attributes))
        told.metadata = dict(self.fields(told.metadata))
        told.events = [(name, at, dict(self.fields(about))) for name, at, about in told.events]
        told.cause = self._copy(told.cause, ())
        told.reason = told.reason and self.text(told.reason)

    def text(self, text: str) -> str:
        """The text without the secrets that can be told by their form."""
        return self._pattern.sub(_replacement, text) if self._may_hold(text) else text

    def is_secret(self, name: str) -> bool:
        """Whether a field of this name is hidden."""
        known = self._known.get(name)
        if known is None:
            known = _plain(name) in self._names or _says_secret(name)
            if len(self._known) < _MOST_NAMES:
                self._known[name] = known
        return known

    def _tells(self, name: Any, value: Any) -> bool:
        """Whether there is a secret in the value; nothing is copied to find out."""
        try:
            return self._is_secret_member(name, value) or self._holds(value, ())
        except Exception:  # noqa: BLE001 (too deep to look, or a value's own method raised: the copy is made with care)
            return True

    def _is_secret_member(self, name: Any, value: Any) -> bool:
        return isinstance(name, str) and value is not None and not isinstance(value, bool) and self.is_secret(name)

    def _holds(self, value: Any, above: tuple[int, ...]) -> bool:
        if type(value) in _PLAIN or id(value) in above:
            return False
        if isinstance(value, str):
            return self.text(value) is not value
        inside = (*above, id(value))
        if isinstance(value, dict):
            return any(self._is_secret_member(key, one) or self._holds(one, inside) for key, one in value.items())
        if isinstance(value, (list, tuple, set, frozenset)):
            return self._is_header(value) or any(self._holds(one, inside) for one in value)
        shown = str(value)  # how anything else is written
        return self.text(shown) is not shown

    def _is_header(self, pair: Any) -> bool:
        """Whether it is a secret's name and its value, as headers come in lists."""
        if len(pair) != 2 or isinstance(pair, (set, frozenset)):
            return False
        name, value = pair
        name = name.decode("latin-1") if isinstance(name, bytes) else name
        return isinstance(name, str) and isinstance(value, (str, bytes)) and self.is_secret(name)

    def _member(self, name: Any, value: Any, above: tuple[int, ...]) -> Any:
        return REDACTED if self._is_secret_member(name, value) else self._copy(value, above)

    def _copy(self, value: Any, above: tuple[int, ...]) -> Any:
        if type(value) in _PLAIN:
            return value
        if isinstance(value, str):
            return self.text(value)
        if id(value) in above:
            return "(cyclic)"
        if len(above) >= _DEEPEST:
            return "(too deep)"
        try:
            return self._copy_container(value, (*above, id(value)))
        except Exception:  # noqa: BLE001 (a value's own methods may raise anything; who writes it will say so)
            return value

    def _copy_container(self, value: Any, above: tuple[int, ...]) -> Any:
        if isinstance(value, dict):
            return {key: self._member(key, one, above) for key, one in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return (
                [next(iter(value)), REDACTED] if self._is_header(value) else [self._copy(one, above) for one in value]
            )
        shown = str(value)
        clean = self.text(shown)
        return value if clean == shown else clean

    def _may_hold(self, text: str) -> bool:
        """A quick look: most texts hold nothing, and compiling the pattern takes its time."""
        lower = text.lower()
        if "://" in lower or any(hint in lower for hint in _HINTS):
            return True
        return bool(self._names) and any(name in _plain(lower) for name in self._names)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = "|".join([_NAMES_IN_TEXT, *map(_loosely, sorted(self._names))])
        cookies = rf"(?P<cookie>cookie{_IS})[^\r\n\"'}}]+"
        return re.compile(f"{cookies}|(?P<name>(?:{names}){_IS}){_VALUE}|{_BY_THEMSELVES}", re.IGNORECASE)


def _replacement(found: re.Match[str]) -> str:
    if found["scheme"]:
        return f"{found['scheme']} {REDACTED}"
    return f"{found['cookie'] or found['name'] or found['url'] or ''}{REDACTED}"


def _plain(name: str) -> str:
    return _GAP.sub("", name).lower()


def _loosely(plain: str) -> str:
    """A name as it may be written in a text: hyphens and underscores anywhere."""
    return "[-_ ]?".join(map(re.escape, plain))


def _says_secret(name: str) -> bool:
    words = [word.lower() for part in _GAP.split(name) for word in _HUMP.split(part) if word]
    if not _WORDS.isdisjoint(words) or any(word.endswith("secret") or _glued(word) for word in words):
        return True
    if not _TOKENS.isdisjoint(words):
        return _NO_TOKEN.isdisjoint(words) and ("token" in words or len(words) == 1)
    return any(last in ("key", "keys") and first in _KEYS for first, last in pairwise(words))


def _glued(word: str) -> bool:
    return any(glued in word for glued in _GLUED)
