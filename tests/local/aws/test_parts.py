"""What the AWS process is put together from."""

from local.aws.parts import Parts
from local.endpoint import Operation


def nothing() -> Operation:
    return Operation(lambda _call: {}, frozenset())


def test_several_rooms_offer_operations_of_one_service() -> None:
    """Metrics and alarms are both CloudWatch's."""
    parts = Parts()
    parts.offer("cloudwatch", {"PutMetricData": nothing()})
    parts.offer("cloudwatch", {"PutMetricAlarm": nothing()})
    assert sorted(parts.services["cloudwatch"]) == ["PutMetricAlarm", "PutMetricData"]


def test_a_reset_empties_every_room_and_loads_again() -> None:
    """What a template says is there after a reset too."""
    parts = Parts()
    kept: list[str] = ["by a client"]
    parts.resets.append(kept.clear)
    parts.starts.append(lambda: kept.append("by the template"))
    parts.reset()
    assert kept == ["by the template"]
