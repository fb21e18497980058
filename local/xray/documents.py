"""PURE: where X-Ray documents go."""

from collections.abc import Mapping
from typing import Any, Protocol


class DocumentSink(Protocol):
    """Takes one X-Ray segment or subsegment document, as a decoded JSON object."""

    def put(self, document: Mapping[str, Any]) -> None: ...
