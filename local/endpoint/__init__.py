"""AWS's wire protocols: the door."""

from local.endpoint.call import Answer, Call, Operation, Operations, Store

__all__ = ["Answer", "Call", "Operation", "Operations", "Store"]
