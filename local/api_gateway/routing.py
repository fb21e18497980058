"""PURE: which resource of a REST API a request meets."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.api_gateway.access_log import AccessLog
    from local.api_gateway.own_answers import OwnAnswer
    from local.api_gateway.throttle import Throttle

ANY = "ANY"
METHODS = frozenset({"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one resource, as the template's Api events give it: `GET /items/{id}`, `ANY /{proxy+}`."""

    path: str
    method: str = ANY

    @property
    def segments(self) -> tuple[str, ...]:
        return _segments(self.path)


@dataclass(frozen=True, slots=True)
class RestApi:
    """A REST API with one stage, all of whose methods are Lambda proxy integrations of one function."""

    name: str
    stage: str
    routes: tuple[Route, ...]
    function_arn: str = ""
    tracing: bool = False
    detailed_metrics: bool = False
    binary_media_types: tuple[str, ...] = ()
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    account_id: str = "123456789012"
    region: str = "us-east-1"
    own_answers: "Mapping[str, OwnAnswer]" = field(default_factory=dict)
    access_log: "AccessLog | None" = None
    throttle: "Throttle | None" = None

    @property
    def api_id(self) -> str:
        """Ten characters, like API Gateway's; the same for the same name."""
        return stable_id(self.name, 10)


@dataclass(frozen=True, slots=True)
class Match:
    """The resource that a path met, and the path parameters, as the client percent-encoded them."""

    resource: str
    parameters: Mapping[str, str]


def match(routes: tuple[Route, ...], method: str, path: str) -> Match | None:
    """The most specific resource that has this method, or None.

    Literal segments win over `{name}`, and both over a greedy `{name+}` (AWS page "Set up a proxy integration
    with a proxy resource"). A resource that is more specific but lacks the method does not hide a greedy one.
    """
    parts = _segments(path)
    best: tuple[tuple[int, ...], Match] | None = None
    for route in routes:
        if route.method not in (ANY, method):
            continue
        found = _compare(route, parts)
        if found is None:
            continue
        rank = (*found[0], 1 if route.method == ANY else 0)
        if best is None or rank < best[0]:
            best = (rank, Match(route.path, found[1]))
    return best[1] if best else None


@cache
def stable_id(text: str, length: int) -> str:
    """An id in API Gateway's alphabet (lower-case letters and digits) that is the same for the same text."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))[1:]


def _compare(route: Route, parts: tuple[str, ...]) -> tuple[tuple[int, ...], dict[str, str]] | None:
    """How well a route fits (0 literal, 1 parameter, 2 greedy, for each segment) and its parameters."""
    ranks: list[int] = []
    parameters: dict[str, str] = {}
    segments = route.segments
    for at, segment in enumerate(segments):
        if segment.startswith("{") and segment.endswith("+}"):
            rest = "/".join(parts[at:])
            if not rest:
                return None
            return (*ranks, 2), {**parameters, segment[1:-2]: rest}
        if at >= len(parts):
            return None
        if segment.startswith("{") and segment.endswith("}"):
            if not parts[at]:
                return None
            parameters[segment[1:-1]] = parts[at]
            ranks.append(1)
        elif segment == parts[at]:
            ranks.append(0)
        else:
            return None
    return (tuple(ranks), parameters) if _same_length(segments, parts) else None


def _same_length(segments: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    # API Gateway takes /items and /items/ for the same resource.
    return len(parts) == len(segments) or (len(parts) == len(segments) + 1 and parts[-1] == "")
