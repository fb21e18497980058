"""What the template says of CloudWatch and X-Ray, loaded into the laptop's: dashboards, alarms, groups: the door."""

from local.monitoring.asking import known_arns, known_queries
from local.monitoring.loading import Loader, Source
from local.monitoring.record import SCHEMA, Record

__all__ = ["SCHEMA", "Loader", "Record", "Source", "known_arns", "known_queries"]
