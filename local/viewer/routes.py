"""PURE: every page there is, in the order of the <nav>."""

from local.viewer.alarms.pages import ALARM_PAGES
from local.viewer.dashboards import DASHBOARD_PAGES
from local.viewer.functions import FUNCTION_PAGES
from local.viewer.logs import LOG_PAGES
from local.viewer.overview import OVERVIEW_PAGES
from local.viewer.service_map import MAP_PAGES
from local.viewer.traces import TRACE_PAGES
from local.viewer.visit import Page

PAGES: tuple[Page, ...] = (
    *OVERVIEW_PAGES,
    *DASHBOARD_PAGES,
    *ALARM_PAGES,
    *TRACE_PAGES,
    *MAP_PAGES,
    *LOG_PAGES,
    *FUNCTION_PAGES,
)
