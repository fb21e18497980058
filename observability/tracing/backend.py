"""Where the finished spans of a request go. A backend is one small Protocol; `native` is the default."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from observability.errors import MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observability.instruments import Instruments
    from observability.record import Bridge, Record
    from observability.settings import Settings

__all__ = ["Backend", "backend"]


class Backend(Protocol):
    bridge: Bridge | None
    """What the records get, so that other APIs' spans are in them; None while no other API is in use."""

    def install(self) -> None:
        """Takes its place in the tracing APIs that the process has loaded by now. May be called again, later."""

    def export(self, record: Record, instruments: Instruments) -> None:
        """Sends the finished record's spans, counting in the record what it can't send. What it raises counts too."""


class _Off:
    bridge: Bridge | None = None

    def install(self) -> None: ...
    def export(self, record: Record, instruments: Instruments) -> None: ...


def backend(settings: Settings) -> Backend:
    """The backend that the settings ask for, installed. Raises MissingPackageError."""
    made = _made(settings)
    made.install()
    return made


def _made(settings: Settings) -> Backend:
    """Only the chosen backend is loaded."""
    match settings.tracing.value:
        case "off":
            return _Off()
        case "xray-sdk":
            with _needing("aws-xray-sdk", settings):
                from observability.tracing.xray_sdk import XRaySdk  # noqa: PLC0415 (see above)
            return XRaySdk(settings)
        case "otel":
            with _needing("opentelemetry-sdk", settings):
                from observability.tracing.otel import OpenTelemetry  # noqa: PLC0415 (see above)
            return OpenTelemetry(settings)
    from observability.tracing.native import Native  # noqa: PLC0415 (see above)

    return Native(settings)


@contextmanager
def _needing(package: str, settings: Settings) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingPackageError("OBSERVABILITY_TRACING", settings.tracing.value, package) from error
