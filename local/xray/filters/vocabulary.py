"""PURE: the keywords of filter expressions: what kind of value each has, and where each may stand.

Source: AWS page "Using filter expressions".
"""

from collections.abc import Mapping
from enum import Enum


class Sort(Enum):
    """The kind of a keyword's value. ANY is an annotation's: each value is what it is."""

    BOOLEAN = "true or false"
    NUMBER = "a number"
    STRING = "text in quotes"
    ANY = "a value"


class Scope(Enum):
    """What an expression is about: a trace, or what stands before the braces around it."""

    TRACE = "a trace"
    SERVICE = "service()"
    EDGE = "edge()"
    CAUSE_SERVICE = "rootcause...service"
    CAUSE_ENTITY = "rootcause...entity"
    CAUSE_EXCEPTION = "rootcause...exception"


SORTS: Mapping[str, Sort] = {
    **dict.fromkeys(("ok", "error", "throttle", "fault", "partial", "inferred"), Sort.BOOLEAN),
    **dict.fromkeys(("first", "last", "remote", "root"), Sort.BOOLEAN),
    **dict.fromkeys(("responsetime", "duration", "http.status", "index", "coverage"), Sort.NUMBER),
    **dict.fromkeys(("http.url", "http.method", "http.useragent", "http.clientip", "user"), Sort.STRING),
    **dict.fromkeys(("name", "type", "message", "availabilityzone", "instance.id", "resource.arn"), Sort.STRING),
    "annotation": Sort.ANY,
}

_REQUEST = frozenset(
    {
        "ok",
        "error",
        "throttle",
        "fault",
        "partial",
        "responsetime",
        "duration",
        "http.status",
        "http.url",
        "http.method",
        "http.useragent",
        "http.clientip",
        "annotation",
    }
)
_RESOURCE = frozenset({"user", "availabilityzone", "instance.id", "resource.arn"})
_LISTED = frozenset({"first", "last", "index"})

KEYWORDS: Mapping[Scope, frozenset[str]] = {
    Scope.TRACE: _REQUEST | _RESOURCE | {"inferred"},
    Scope.SERVICE: _REQUEST | _RESOURCE | {"inferred", "root", "name", "type"},
    Scope.EDGE: _REQUEST,
    Scope.CAUSE_SERVICE: _LISTED | {"name", "type", "inferred"},
    Scope.CAUSE_ENTITY: _LISTED | {"name", "remote", "coverage"},
    Scope.CAUSE_EXCEPTION: _LISTED | {"name", "message"},
}

EQUALITY = ("=", "!=")
ORDER = ("<", "<=", ">", ">=")
WORDS = ("contains", "beginswith", "endswith")
OPERATORS: Mapping[Sort, tuple[str, ...]] = {
    Sort.BOOLEAN: EQUALITY,
    Sort.NUMBER: (*EQUALITY, *ORDER),
    Sort.STRING: (*EQUALITY, *WORDS),
    Sort.ANY: (*EQUALITY, *ORDER, *WORDS),
}
CAUSES = {
    "service": Scope.CAUSE_SERVICE,
    "entity": Scope.CAUSE_ENTITY,
    "exception": Scope.CAUSE_EXCEPTION,
}
