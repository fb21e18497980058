"""The viewer's traces: the list, one trace, two compared: the door."""

from local.viewer.traces.pages import TRACE_PAGES

__all__ = ["TRACE_PAGES"]
