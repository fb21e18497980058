"""Composite alarms: their states follow their children's, and another alarm may hold their actions back."""

import json

import pytest

from local.errors import AwsError
from tests.local.cloudwatch.alarms.stage import NOON, TOPIC, Stage

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
BOTH = ["MetricAlarm", "CompositeAlarm"]


def compose(stage: Stage, name: str, rule: str, **changes: object) -> None:
    actions = {"AlarmActions": [TOPIC], "OKActions": [TOPIC]}
    stage.ask("PutCompositeAlarm", AlarmName=name, AlarmRule=rule, **{**actions, **changes})


def test_new_composite_alarm_is_evaluated(stage: Stage) -> None:
    """INSUFFICIENT_DATA when it is created, then evaluated, in the words of "Alarm events and EventBridge"."""
    stage.put("cpu")
    stage.put("disk")
    compose(stage, "all", "ALARM(cpu) OR ALARM(disk)")
    assert stage.state("all") == "INSUFFICIENT_DATA"
    stage.alarms.tick()
    alarm = stage.alarm("all")
    assert alarm["StateValue"] == "OK"
    assert alarm["StateReason"] == f"{ARN}all was created and its alarm rule evaluates to OK"
    state = {"value": "INSUFFICIENT_DATA", "timestamp": "2026-11-26T12:00:00.000+0000"}
    assert json.loads(alarm["StateReasonData"]) == {
        "triggeringAlarms": [{"arn": f"{ARN}cpu", "state": state}, {"arn": f"{ARN}disk", "state": state}]
    }


def test_composite_alarm_follows_its_children(stage: Stage) -> None:
    """A child's transition is the composite alarm's at once, with the child as its reason."""
    stage.put("cpu")
    compose(stage, "all", "ALARM(cpu)")
    stage.alarms.tick()
    stage.now_s = NOON + 5.394
    stage.set_state("cpu", "ALARM")
    alarm = stage.alarm("all")
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"] == f"{ARN}cpu transitioned to ALARM at Thursday 26 November, 2026 12:00:05 UTC"
    assert json.loads(alarm["StateReasonData"]) == {
        "triggeringAlarms": [
            {"arn": f"{ARN}cpu", "state": {"value": "ALARM", "timestamp": "2026-11-26T12:00:05.394+0000"}}
        ]
    }


def test_what_the_topic_gets_of_a_composite_alarm(stage: Stage) -> None:
    """The rule and the children that triggered it, as a recorded notification has them."""
    stage.put("cpu")
    compose(stage, "all", "ALARM(cpu)")
    stage.alarms.tick()
    stage.sent.clear()
    stage.set_state("cpu", "ALARM")
    stage.alarms.tick()
    ((_, subject, message),) = stage.sent
    said = json.loads(message)
    assert subject == 'ALARM: "all" in US East (N. Virginia)'
    assert (said["AlarmRule"], said["OldStateValue"]) == ("ALARM(cpu)", "OK")
    assert said["TriggeringChildren"] == [
        {"Arn": f"{ARN}cpu", "State": {"Value": "ALARM", "Timestamp": "2026-11-26T12:00:00.000+0000"}}
    ]
    assert "Trigger" not in said


@pytest.mark.parametrize("data", ['{"triggeringAlarms": [1, {"arn": 2}]}', "[1]", '{"triggeringAlarms": 7}'])
def test_any_reason_data_can_be_set(stage: Stage, data: str) -> None:
    """SetAlarmState takes any JSON; the notification has no triggering children then."""
    compose(stage, "all", "TRUE")
    stage.ask("SetAlarmState", AlarmName="all", StateValue="OK", StateReason="x", StateReasonData=data)
    stage.alarms.tick()
    assert json.loads(stage.sent[0][2])["TriggeringChildren"] == []


def test_states_go_up_through_many_levels(stage: Stage) -> None:
    """Composite alarms of composite alarms, a hundred deep, change with the one at the bottom."""
    stage.put("level-0")
    for level in range(1, 101):
        compose(stage, f"level-{level}", f"ALARM(level-{level - 1})")
    stage.alarms.tick()
    stage.set_state("level-0", "ALARM")
    assert stage.state("level-100") == "ALARM"


def test_diamond_settles_on_what_its_rule_says(stage: Stage) -> None:
    """An alarm above two that change one after the other ends in the state that both together ask for."""
    stage.put("a")
    compose(stage, "left", "ALARM(a)")
    compose(stage, "right", "NOT ALARM(a)")
    compose(stage, "top", "ALARM(left) AND NOT ALARM(right)")
    stage.alarms.tick()
    assert stage.state("top") == "OK"
    stage.set_state("a", "ALARM")
    assert stage.state("top") == "ALARM"


def test_cycle_stops(stage: Stage) -> None:
    """ "the evaluation of composite alarms stops if CloudWatch detects a cycle in the evaluation path": these two would
    turn each other on and off for ever.
    """
    stage.put("a")
    compose(stage, "one", "ALARM(a)")
    compose(stage, "two", "ALARM(one)")
    compose(stage, "one", "ALARM(a) AND NOT ALARM(two)")
    stage.alarms.tick()
    assert (stage.state("one"), stage.state("two")) == ("OK", "OK")
    stage.set_state("a", "ALARM")
    assert (stage.state("one"), stage.state("two")) == ("ALARM", "ALARM")


def test_cycle_can_be_broken_as_aws_says(stage: Stage) -> None:
    """No alarm of a cycle can be deleted; "change the AlarmRule of one of the alarms to false", and they can."""
    compose(stage, "one", "FALSE")
    compose(stage, "two", "ALARM(one)")
    compose(stage, "one", "ALARM(two)")
    for name in ("one", "two"):
        with pytest.raises(AwsError, match=f"Cannot delete {name} as there are composite alarm"):
            stage.ask("DeleteAlarms", AlarmNames=[name])
    compose(stage, "one", "false")
    stage.ask("DeleteAlarms", AlarmNames=["two"])
    stage.ask("DeleteAlarms", AlarmNames=["one"])
    assert stage.ask("DescribeAlarms", AlarmTypes=BOTH)["CompositeAlarms"] == []


def test_children_and_parents(stage: Stage) -> None:
    """DescribeAlarms with ChildrenOfAlarmName and ParentsOfAlarmName: the members that its page names, no others."""
    stage.put("cpu")
    stage.put("disk")
    compose(stage, "all", "ALARM(cpu) OR ALARM(disk)")
    compose(stage, "more", "ALARM(all) OR OK(cpu)")
    children = stage.ask("DescribeAlarms", ChildrenOfAlarmName="more")
    assert [alarm["AlarmName"] for alarm in children["MetricAlarms"]] == ["cpu"]
    assert [alarm["AlarmName"] for alarm in children["CompositeAlarms"]] == ["all"]
    assert set(children["MetricAlarms"][0]) == {"AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"}
    parents = stage.ask("DescribeAlarms", ParentsOfAlarmName="cpu")
    assert parents["CompositeAlarms"] == [
        {"AlarmName": "all", "AlarmArn": f"{ARN}all"},
        {"AlarmName": "more", "AlarmArn": f"{ARN}more"},
    ]
    with pytest.raises(AwsError, match="StateValue must not be given with ChildrenOfAlarmName"):
        stage.ask("DescribeAlarms", ChildrenOfAlarmName="more", StateValue="OK")


class Timeline:
    """The pictures of "Alarm suppression": a wait period of 2 and an extension period of 3 units (of 10 s)."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        for name in ("child", "suppressor"):
            stage.put(name)
        periods = {"ActionsSuppressorWaitPeriod": 20, "ActionsSuppressorExtensionPeriod": 30}
        stage.set_state("child", "OK")
        stage.set_state("suppressor", "OK")
        compose(stage, "all", "ALARM(child)", OKActions=[])
        stage.alarms.tick()
        compose(stage, "all", "ALARM(child)", ActionsSuppressor=f"{ARN}suppressor", **periods)
        stage.alarms.tick()
        stage.source.series["Sum"] = {}

    def at(self, unit: int, **states: str) -> tuple[str | None, list[str]]:
        """At the unit's time the alarms get these states: what holds the actions back, and what was sent by now."""
        self._stage.now_s = NOON + unit * 10
        for name, state in states.items():
            self._stage.set_state(name, state)
        self._release()
        by = self._stage.alarm("all").get("ActionsSuppressedBy")
        return by, [subject.split(":")[0] for _, subject, _ in self._stage.sent]

    def _release(self) -> None:
        """A tick without the evaluation of the metric alarms, which would revert the states that were set."""
        with self._stage.database.write() as connection:
            connection.execute("UPDATE alarms SET due_s = NULL")
        self._stage.alarms.tick()


@pytest.fixture
def timeline(stage: Stage) -> Timeline:
    return Timeline(stage)


def test_example_1_actions_after_the_wait_period(timeline: Timeline) -> None:
    """ "After the WaitPeriod expires at t4, the composite alarm takes its actions"."""
    assert timeline.at(2, child="ALARM") == ("WaitPeriod", [])
    assert timeline.at(3) == ("WaitPeriod", [])
    assert timeline.at(4) == (None, ["ALARM"])


def test_example_2_suppressed_before_the_wait_period_is_over(timeline: Timeline) -> None:
    """ "the WaitPeriod that started at t2 is discarded, and the suppressor alarm now stops the composite alarm"."""
    assert timeline.at(2, child="ALARM") == ("WaitPeriod", [])
    assert timeline.at(3, suppressor="ALARM") == ("Alarm", [])
    assert timeline.at(9) == ("Alarm", [])


def test_example_3_transition_in_the_wait_period(timeline: Timeline) -> None:
    """ "A new WaitPeriod starts at t3 and ends at t5", and then the actions are taken."""
    assert timeline.at(2, child="ALARM") == ("WaitPeriod", [])
    assert timeline.at(3, child="OK") == ("WaitPeriod", [])
    assert timeline.at(4) == ("WaitPeriod", [])
    assert timeline.at(5) == (None, ["OK"])


def test_example_4_suppressor_is_there_first(timeline: Timeline) -> None:
    """ "The suppressor alarm is already in ALARM. The suppressor alarm stops the composite alarm"."""
    assert timeline.at(1, suppressor="ALARM") == (None, [])
    assert timeline.at(2, child="ALARM") == ("Alarm", [])


def test_example_5_actions_after_the_extension_period(timeline: Timeline) -> None:
    """ "An ExtensionPeriod starts at t6 and ends at t9. After the ExtensionPeriod expires", the actions are taken."""
    timeline.at(2, child="ALARM")
    timeline.at(3, suppressor="ALARM")
    assert timeline.at(6, suppressor="OK") == ("ExtensionPeriod", [])
    assert timeline.at(8) == ("ExtensionPeriod", [])
    assert timeline.at(9) == (None, ["ALARM"])


def test_example_6_transition_in_the_extension_period(timeline: Timeline) -> None:
    """ "the ExtensionPeriod is discarded, and a new WaitPeriod starts at t7 and ends at t9"."""
    timeline.at(2, child="ALARM")
    timeline.at(3, suppressor="ALARM")
    assert timeline.at(6, suppressor="OK") == ("ExtensionPeriod", [])
    assert timeline.at(7, child="OK") == ("WaitPeriod", [])
    assert timeline.at(9) == (None, ["OK"])


def test_new_suppressor_discards_the_periods(stage: Stage, timeline: Timeline) -> None:
    """ "If you replace the action suppressor alarm, any active WaitPeriod or ExtensionPeriod is discarded"."""
    stage.put("another")
    assert timeline.at(2, child="ALARM") == ("WaitPeriod", [])
    periods = {"ActionsSuppressorWaitPeriod": 20, "ActionsSuppressorExtensionPeriod": 30}
    compose(stage, "all", "ALARM(child)", ActionsSuppressor="another", **periods)
    assert timeline.at(2) == (None, ["ALARM"])


def test_suppression_is_described(stage: Stage, timeline: Timeline) -> None:
    """ActionsSuppressedBy and "Actions suppressed by WaitPeriod", as AWS's sample event has them."""
    timeline.at(2, child="ALARM")
    assert stage.alarm("all")["ActionsSuppressedReason"] == "Actions suppressed by WaitPeriod"
