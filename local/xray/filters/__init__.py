"""X-Ray's filter expressions: the door."""

from local.xray.filters.bounds import bound, sure
from local.xray.filters.errors import FilterError
from local.xray.filters.expressions import All, Edge, Expression, Service
from local.xray.filters.masks import meeting_traces, meeting_works
from local.xray.filters.matching import NamedFilter, is_called, matches, meeting_passages, meeting_visits
from local.xray.filters.parser import parse_filter, parse_selector

__all__ = [
    "All",
    "Edge",
    "Expression",
    "FilterError",
    "NamedFilter",
    "Service",
    "bound",
    "is_called",
    "matches",
    "meeting_passages",
    "meeting_traces",
    "meeting_visits",
    "meeting_works",
    "parse_filter",
    "parse_selector",
    "sure",
]
