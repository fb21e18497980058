"""Traces: the spans of a finished request, sent by the backend that the settings choose."""

from observability.tracing.backend import Backend, backend

__all__ = ["Backend", "backend"]
