"""Where the finished spans of a request go. A backend is one small Protocol; `native` is the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from observability.instruments import Instruments
    from observability.record import Record
    from observability.settings import Settings

__all__ = ["Backend", "backend"]


class Backend(Protocol):
    def export(self, record: Record, instruments: Instruments) -> None:
        """Sends the finished record's spans, counting in the record what it can't send. What it raises counts too."""


class _Off:
    def export(self, record: Record, instruments: Instruments) -> None: ...


def backend(settings: Settings) -> Backend:
    """The backend that the settings ask for."""
    if settings.tracing.value == "off":
        return _Off()
    from observability.tracing.native import Native  # noqa: PLC0415 (only the chosen backend is loaded)

    return Native()
