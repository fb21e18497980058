"""The viewer's service map: the door."""

from local.viewer.service_map.pages import MAP_PAGES

__all__ = ["MAP_PAGES"]
