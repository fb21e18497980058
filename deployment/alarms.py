"""PURE: which alarms speak through others.

Source: AWS page "Create a composite alarm": a rule names alarms, by name or by ARN, in ALARM(), OK() and
INSUFFICIENT_DATA(). An alarm that a composite one names may leave the notifying to it.
"""

import re
from typing import Any

from deployment.templates import of_type

COMPOSITE, METRIC = "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Alarm"
_NAMED = re.compile(r"""\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*["']?([^"')]+?)["']?\s*\)""")


def with_joined_marked(template: dict[str, Any]) -> dict[str, Any]:
    """The template, its values resolved, where each alarm that a composite one names has `JoinedBy`: that one's id."""
    joined = {
        name.rpartition(":alarm:")[2]: logical_id
        for logical_id, alarm in of_type(template, COMPOSITE).items()
        for name in _NAMED.findall(alarm["Properties"].get("AlarmRule", ""))
    }
    names = {name: alarm["Properties"].get("AlarmName", name) for name, alarm in of_type(template, METRIC).items()}
    marks = {name: {"JoinedBy": joined[alarm]} for name, alarm in names.items() if alarm in joined}
    return {"Resources": {name: {**part, **marks.get(name, {})} for name, part in template["Resources"].items()}}
