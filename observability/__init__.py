"""See into a FastAPI service: one wide line and one trace a request. This is the door; import from here.

Also public: observability.settings (a service's own settings), observability.errors, observability.testing (for tests).
"""

from observability.catalogue import Metric, Unit
from observability.cold_start import fast_imports
from observability.context import current, span
from observability.errors import ObservabilityError
from observability.fastapi import observe
from observability.invocation import lambda_handler
from observability.logs import logger
from observability.record import Record
from observability.settings import Settings
from observability.spans import Span

__all__ = [
    "Metric",
    "ObservabilityError",
    "Record",
    "Settings",
    "Span",
    "Unit",
    "current",
    "fast_imports",
    "lambda_handler",
    "logger",
    "observe",
    "span",
]
