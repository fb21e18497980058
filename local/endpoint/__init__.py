"""AWS's wire protocols: the door."""

from local.endpoint.call import Answer, Call, Operation, Operations
from local.endpoint.server import Endpoint

__all__ = ["Answer", "Call", "Endpoint", "Operation", "Operations"]
