"""The application with this library, everything on; OBSERVABILITY_TRACING chooses where traces go."""

from observability import fast_imports, observe
from observability import lambda_handler as observed_handler

with fast_imports():
    from application import app

    observe(app, service="bench")
    lambda_handler = observed_handler(app, prime="/api/health")
