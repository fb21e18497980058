"""PURE: a request and an answer as HTTP carries them, before and after a protocol reads them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias


class WireRequest(NamedTuple):
    """`path` and `query` are percent-encoded, header names in lower case, `body` without its content encoding."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class WireAnswer(NamedTuple):
    status: int
    body: bytes
    headers: Mapping[str, str]


PathAction: TypeAlias = Callable[[WireRequest], WireAnswer]
