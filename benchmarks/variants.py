"""PURE: what is measured against what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variant:
    """A handler, and whether its folder has bytecode (as our artifact does) or none (as `sam build` leaves it)."""

    name: str
    handler: str
    bytecode: bool = True


BARE = Variant("bare FastAPI + Mangum", "bare.lambda_handler")
SERVICE = Variant("this service", "service.handler.lambda_handler")
VARIANTS = (
    BARE,
    SERVICE,
    Variant("bare FastAPI + Mangum, no bytecode", "bare.lambda_handler", bytecode=False),
    Variant("this service, no bytecode", "service.handler.lambda_handler", bytecode=False),
)
