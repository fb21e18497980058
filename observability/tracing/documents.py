"""A finished record -> X-Ray documents. PURE (entropy is an argument)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from observability.record import Record


def documents(record: Record, entropy: Callable[[int], bytes]) -> list[str]:
    return []
