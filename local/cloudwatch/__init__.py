"""CloudWatch on a laptop: metrics, alarms, dashboards, logs."""
