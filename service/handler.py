"""The composition root: the only file that does work when imported, for Lambda bills init and calls back later.

`service.handler.lambda_handler` is what Lambda calls; `uvicorn service.handler:app` serves the same application.
"""

from __future__ import annotations

import os

from observability import fast_imports
from observability import lambda_handler as observed_handler

with fast_imports():
    from service.app import create_app
    from service.settings import Settings

    app = create_app(Settings.from_env(os.environ))
    lambda_handler = observed_handler(app, prime="/api/health")
