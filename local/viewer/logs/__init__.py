"""The viewer's logs: live tail and Logs Insights: the door."""

from local.viewer.logs.pages import LOG_PAGES

__all__ = ["LOG_PAGES"]
