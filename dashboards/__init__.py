"""Dashboards, alarms and objectives as code: board.py, thresholds.py, slo.py and queries.py are the files to edit."""
