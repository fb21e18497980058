"""Alarms as AWS describes them: metric alarms and composites together."""

from collections.abc import Mapping, Sequence
from typing import Any

from local.viewer.aws import Aws

TYPES = ["MetricAlarm", "CompositeAlarm"]
MOST_NAMES = 100

Alarm = Mapping[str, Any]


async def all_alarms(aws: Aws) -> list[Alarm]:
    """Up to 2,000 of them."""
    found: list[Alarm] = []
    async for page in aws.pages("cloudwatch", "DescribeAlarms", AlarmTypes=TYPES, MaxRecords=100):
        found += [*page.get("CompositeAlarms", ()), *page.get("MetricAlarms", ())]
    return found


async def alarms_named(aws: Aws, names: Sequence[str]) -> dict[str, Alarm]:
    """By name; those that are not there are left out."""
    wanted = list(dict.fromkeys(names))
    found: dict[str, Alarm] = {}
    for start in range(0, len(wanted), MOST_NAMES):
        answer = await aws.call(
            "cloudwatch", "DescribeAlarms", AlarmNames=wanted[start : start + MOST_NAMES], AlarmTypes=TYPES
        )
        for alarm in (*answer.get("CompositeAlarms", ()), *answer.get("MetricAlarms", ())):
            found[alarm["AlarmName"]] = alarm
    return found
