"""PURE: a message as the patterns look at it: as text, as JSON, as words. Each is made when first asked for."""

import json
import re
from functools import cached_property
from typing import Any

# What stands between square brackets or double quotes is one field.
_WORD = re.compile(r'\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)')


class Event:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def document(self) -> dict[str, Any] | None:
        """The message as a JSON object; None when it is none."""
        if not self.text.lstrip().startswith("{"):
            return None
        try:
            read = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        return read if isinstance(read, dict) else None

    @cached_property
    def words(self) -> list[str]:
        """The fields of a space-delimited message, without their brackets and quotes."""
        return [next(part for part in found if part is not None) for found in map(_groups, _WORD.finditer(self.text))]


def _groups(found: re.Match[str]) -> tuple[str | None, ...]:
    return found.groups()
