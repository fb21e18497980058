"""Dashboards: any CloudWatch dashboard's body, drawn: the door."""

from local.viewer.dashboards.answering import Asked, answer_widgets
from local.viewer.dashboards.pages import DASHBOARD_PAGES, RECENT
from local.viewer.dashboards.plan import Widget, plan
from local.viewer.dashboards.recent import Recent
from local.viewer.dashboards.units import units_of

__all__ = ["DASHBOARD_PAGES", "RECENT", "Asked", "Recent", "Widget", "answer_widgets", "plan", "units_of"]
