"""The welcome page, health, and where this runs."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request

from observability import current
from service.models import AwsInfo, Health, Welcome
from service.openapi import problems
from service.routes.items import PATH as ITEMS_PATH

if TYPE_CHECKING:
    from service.settings import Settings

router = APIRouter(tags=["system"])


@router.get("/", response_model=Welcome, summary="Welcome", responses=problems(500))
async def welcome(request: Request) -> Welcome:
    root = request.scope.get("root_path", "")
    links = {
        "docs": f"{root}/docs",
        "redoc": f"{root}/redoc",
        "openapi": f"{root}/openapi.json",
        "health": f"{root}/api/health",
        "items": f"{root}{ITEMS_PATH}",
    }
    return Welcome(service=_settings(request).app.name, version=request.app.version, links=links)


@router.get("/api/health", response_model=Health, summary="Is it alive?", responses=problems(500))
async def health() -> Health:
    return Health(status="alive")


@router.get("/api/health/ready", response_model=Health, summary="Can it serve?", responses=problems(500, 503))
async def ready(request: Request) -> Health:
    """503 when the item store does not answer."""
    request.app.state.items.ping()
    return Health(status="ready")


@router.get("/api/aws-info", response_model=AwsInfo, summary="Where does it run?", responses=problems(500))
async def aws_info(request: Request) -> AwsInfo:
    """Lambda or local, and which. A Lambda on a laptop says AWS_SAM_LOCAL, as SAM's own does, and is local."""
    settings, record = _settings(request), current()
    runtime = settings.runtime
    return AwsInfo(
        environment="lambda" if runtime.function is not None and not runtime.sam_local else "local",
        function=runtime.function,
        version=runtime.version,
        memory_mb=runtime.memory_mb,
        region=runtime.region,
        stage=settings.app.stage,
        request_id=record.request_id or None,
        cold_start=record.cold_start,
        python=platform.python_version(),
    )


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
