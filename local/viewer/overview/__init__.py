"""The Overview: the page to have open while developing: the door."""

from local.viewer.overview.pages import OVERVIEW_PAGES

__all__ = ["OVERVIEW_PAGES"]
