"""PURE: an alarm as it is kept, and as DescribeAlarms shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.cloudwatch.alarms.reasons import INITIAL
from local.cloudwatch.alarms.suppression import Withheld

METRIC, COMPOSITE = "MetricAlarm", "CompositeAlarm"
# Lists that DescribeAlarms shows even where they are empty.
_ALWAYS = {
    METRIC: ("OKActions", "AlarmActions", "InsufficientDataActions", "Dimensions"),
    COMPOSITE: ("OKActions", "AlarmActions", "InsufficientDataActions"),
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """`configuration` in the shape of the parameters that put it; times in seconds since the epoch. `data` is JSON or
    empty. `evaluation` is empty, or EVALUATION_ERROR where the metrics refuse what the alarm asks of them.
    """

    name: str
    kind: str
    arn: str
    configuration: Mapping[str, Any]
    configured_s: float
    state: str = "INSUFFICIENT_DATA"
    reason: str = ""
    data: str = ""
    updated_s: float = 0
    transitioned_s: float = 0
    evaluation: str = ""
    withheld: Withheld | None = None

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def account_id(self) -> str:
        return self.arn.split(":")[4]

    @property
    def actions_enabled(self) -> bool:
        return bool(self.configuration.get("ActionsEnabled", True))

    @property
    def every_action(self) -> list[str]:
        keys = ("OKActions", "AlarmActions", "InsufficientDataActions")
        return [action for key in keys for action in self.configuration.get(key, ())]

    def described(self) -> dict[str, Any]:
        """A member of DescribeAlarms' MetricAlarms or CompositeAlarms."""
        empty: dict[str, Any] = {key: [] for key in _ALWAYS[self.kind]}
        optional = {"StateReasonData": self.data, "EvaluationState": self.evaluation, **self._suppressed()}
        return {
            **empty,
            **self.configuration,
            "AlarmName": self.name,
            "AlarmArn": self.arn,
            "AlarmConfigurationUpdatedTimestamp": instant(self.configured_s),
            "ActionsEnabled": self.actions_enabled,
            "StateValue": self.state,
            "StateReason": self.reason,
            "StateUpdatedTimestamp": instant(self.updated_s),
            "StateTransitionedTimestamp": instant(self.transitioned_s),
            **{key: value for key, value in optional.items() if value},
        }

    def _suppressed(self) -> dict[str, str]:
        if self.withheld is None:
            return {}
        by = self.withheld.by
        return {"ActionsSuppressedBy": by, "ActionsSuppressedReason": f"Actions suppressed by {by}"}


def new_alarm(name: str, kind: str, arn: str, configuration: Mapping[str, Any], now_s: float) -> Alarm:
    """An alarm that was never evaluated."""
    reason = INITIAL if kind == METRIC else ""
    return Alarm(name, kind, arn, configuration, now_s, reason=reason, updated_s=now_s, transitioned_s=now_s)


def instant(at_s: float) -> datetime:
    return datetime.fromtimestamp(round(at_s, 3), UTC)
