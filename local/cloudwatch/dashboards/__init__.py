"""CloudWatch's dashboards, as the AWS API keeps them: bodies checked as CloudWatch checks them."""

from local.cloudwatch.dashboards.body import known_properties, validate_body
from local.cloudwatch.dashboards.checks import Message
from local.cloudwatch.dashboards.dashboards import SCHEMA, Dashboards

__all__ = ["SCHEMA", "Dashboards", "Message", "known_properties", "validate_body"]
