"""OpenTelemetry's spans as X-Ray's documents: the door."""

from local.xray.opentelemetry.spans import documents_of

__all__ = ["documents_of"]
