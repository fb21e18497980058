"""Alarms: the list, and one with its timeline, graph, history and runbook: the door."""

from local.viewer.alarms.describing import alarms_named, all_alarms
from local.viewer.alarms.graph import alarm_widget, names
from local.viewer.alarms.status import ordered, status

__all__ = ["alarm_widget", "alarms_named", "all_alarms", "names", "ordered", "status"]
