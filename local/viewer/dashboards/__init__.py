"""Dashboards: any CloudWatch dashboard's body, drawn: the door."""

from local.viewer.dashboards.answering import Asked, answer_widgets
from local.viewer.dashboards.pages import DASHBOARD_PAGES
from local.viewer.dashboards.plan import Widget, plan

__all__ = ["DASHBOARD_PAGES", "Asked", "Widget", "answer_widgets", "plan"]
