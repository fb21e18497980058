"""CloudWatch's alarms: metric, math and composite; evaluated as AWS documents, their actions sent to SNS topics."""

from local.cloudwatch.alarms.alarms import Alarms, Notify
from local.cloudwatch.alarms.rule import AlarmRule, parse_alarm_rule
from local.cloudwatch.alarms.store import SCHEMA

__all__ = ["SCHEMA", "AlarmRule", "Alarms", "Notify", "parse_alarm_rule"]
