"""Conditional requests (RFC 9110, section 13): an item's ETag is its version in quotes, and strong. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.errors import BadRequestError, PreconditionFailedError

_ENTITY_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"[ \t]*(?:,[ \t]*)*{_ENTITY_TAG}[ \t]*(?:,[ \t]*(?:{_ENTITY_TAG}[ \t]*)?)*")
_ANY = "*"

PATTERN = r'^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$'
"""What a client should send, for the documentation; what we understand besides is in _LIST."""


def etag(version: int) -> str:
    return f'"{version}"'


@dataclass(frozen=True)
class Preconditions:
    """What a request demands of the item's present version; None: the header isn't there.

    Raises BadRequestError for a header that is neither `*` nor a list of entity tags.
    """

    if_match: str | None = None
    if_none_match: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("If-Match", self.if_match), ("If-None-Match", self.if_none_match)):
            if value is not None and value.strip() != _ANY and not _LIST.fullmatch(value):
                raise BadRequestError(f'{name} must be * or entity tags in quotes, such as "3", "4".', kind="bad-etag")

    @property
    def given(self) -> bool:
        return self.if_match is not None or self.if_none_match is not None

    def check_write(self, version: int) -> None:
        """Raises PreconditionFailedError unless the item's version is one that the request wants to change.

        If-Match compares strongly: a weak tag (W/"3") never matches. If-None-Match on a write is the reverse.
        """
        if self.if_match is not None and not _names(self.if_match, etag(version), weak=False):
            raise PreconditionFailedError(
                f"The item is at version {version} now: read it again.", kind="version-mismatch"
            )
        if self.if_none_match is not None and _names(self.if_none_match, etag(version), weak=True):
            raise PreconditionFailedError(f"The item exists at version {version}.", kind="version-mismatch")

    def check_read(self, version: int) -> None:
        """Like check_write, for a read, where If-None-Match is not an error but `unchanged`."""
        if self.if_match is not None and not _names(self.if_match, etag(version), weak=False):
            raise PreconditionFailedError(f"The item is at version {version} now.", kind="version-mismatch")

    def unchanged(self, version: int) -> bool:
        """Whether the client has this version already (304). If-None-Match compares weakly."""
        return self.if_none_match is not None and _names(self.if_none_match, etag(version), weak=True)


def _names(header: str, tag: str, *, weak: bool) -> bool:
    if header.strip() == _ANY:
        return True
    tags = re.findall(_ENTITY_TAG, header)
    return tag in ([one.removeprefix("W/") for one in tags] if weak else tags)
