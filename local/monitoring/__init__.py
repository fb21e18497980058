"""What the template says of CloudWatch, loaded into the laptop's: dashboards, alarms, queries, filters: the door."""

from local.monitoring.loading import REGION, Loader, known_queries

__all__ = ["REGION", "Loader", "known_queries"]
