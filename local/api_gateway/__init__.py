"""API Gateway's REST API on a laptop: the HTTP front, its events, its answers and its X-Ray segment."""

from local.api_gateway.access_log import AccessLog, access_event
from local.api_gateway.front import Front, FrontOptions
from local.api_gateway.integration import Invoker
from local.api_gateway.own_answers import OwnAnswer
from local.api_gateway.record import RequestRecord
from local.api_gateway.routing import Match, RestApi, Route
from local.api_gateway.throttle import Throttle

__all__ = [
    "AccessLog",
    "Front",
    "FrontOptions",
    "Invoker",
    "Match",
    "OwnAnswer",
    "RequestRecord",
    "RestApi",
    "Route",
    "Throttle",
    "access_event",
]
