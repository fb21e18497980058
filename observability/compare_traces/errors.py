"""What is wrong with a recording. PURE."""

from __future__ import annotations

from observability.errors import ObservabilityError


class RecordingError(ObservabilityError):
    """`where`: the file, and the line in it."""

    def __init__(self, where: str, found: str, would_be_right: str) -> None:
        super().__init__(f"{where}: {found}; it would be right as {would_be_right}")
