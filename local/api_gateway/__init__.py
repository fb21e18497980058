"""API Gateway's REST API on a laptop: the HTTP front, its events, its answers and its X-Ray segment."""

from local.api_gateway.front import Front, FrontOptions
from local.api_gateway.integration import Invoker
from local.api_gateway.record import RequestRecord
from local.api_gateway.routing import Match, RestApi, Route

__all__ = ["Front", "FrontOptions", "Invoker", "Match", "RequestRecord", "RestApi", "Route"]
