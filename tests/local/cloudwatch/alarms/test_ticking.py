"""Alarms.tick: when alarms are evaluated, what their states lead to, and that a kill loses nothing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.errors import AwsError
from tests.local.cloudwatch.alarms.stage import NOON, TOPIC, Stage

ALL = {"OKActions": [TOPIC], "AlarmActions": [TOPIC], "InsufficientDataActions": [TOPIC]}


def test_alarm_goes_to_alarm_and_back(stage: Stage) -> None:
    """A breaching minute brings it to ALARM, the next good one back to OK, each with reason and times."""
    stage.put("errors", DatapointsToAlarm=1)
    stage.source.series["Sum"] = {NOON - 60: 5.0, NOON: 1.0}
    stage.tick_at(NOON + 1.25)
    alarm = stage.alarm("errors")
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"] == (
        "Threshold Crossed: 1 out of the last 1 datapoints [5.0 (26/11/26 11:59:00)] was greater than the threshold "
        "(3.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert json.loads(alarm["StateReasonData"])["queryDate"] == "2026-11-26T12:00:01.250+0000"
    assert alarm["StateTransitionedTimestamp"].timestamp() == NOON + 1.25
    stage.tick_at(NOON + 61)
    assert stage.state("errors") == "OK"


def test_source_is_asked_once_per_alarm_and_minute(stage: Stage) -> None:
    """One question an evaluation, for the evaluation range of 1 + 2 periods and the samples; none when none is due."""
    stage.put("errors", Dimensions=[{"Name": "Service", "Value": "checkout"}], Unit="Count")
    for second in range(60):
        stage.tick_at(NOON + second)
    metric = {
        "Metric": {
            "Namespace": "Shop",
            "MetricName": "Errors",
            "Dimensions": [{"Name": "Service", "Value": "checkout"}],
        },
        "Period": 60,
        "Unit": "Count",
    }
    asked = [
        {"Id": "watched", "MetricStat": {**metric, "Stat": "Sum"}},
        {"Id": "alarm_samples", "MetricStat": {**metric, "Stat": "SampleCount"}, "ReturnData": True},
    ]
    # at once when it was put, and then in its own second of each minute
    assert stage.source.asked == [(asked, NOON - 180, NOON), (asked, NOON - 180, NOON)]


@pytest.mark.parametrize(("period", "evaluations"), [(10, 361), (20, 361), (30, 361), (60, 61), (300, 61)])
def test_how_often_by_period(stage: Stage, period: int, evaluations: int) -> None:
    """ "If the alarm period is 10 seconds, 20 seconds, or 30 seconds, the alarm is evaluated every 10 seconds", longer
    ones "every minute" (Alarm evaluation).
    """
    stage.put("errors", Period=period)
    for second in range(3600):
        stage.tick_at(NOON + second)
    assert len(stage.source.asked) == evaluations


def test_multi_day_alarm_is_evaluated_once_an_hour(stage: Stage) -> None:
    """ "Multi-day alarms are evaluated once per hour" (Alarm evaluation)."""
    stage.put("nightly", Period=86400, EvaluationPeriods=3)
    for minute in range(6 * 60):
        stage.tick_at(NOON + 60 * minute)
    assert len(stage.source.asked) == 7


def test_hundreds_of_alarms_are_spread(stage: Stage) -> None:
    """Of 400 alarms no second has more than a few, so that a tick stays cheap."""
    for number in range(400):
        stage.put(f"errors-{number}")
    stage.tick_at(NOON)
    stage.source.asked.clear()
    most = 0
    for second in range(1, 61):
        before = len(stage.source.asked)
        stage.tick_at(NOON + second)
        most = max(most, len(stage.source.asked) - before)
    assert len(stage.source.asked) == 400
    assert most < 40


def test_late_data_is_seen_when_it_comes(stage: Stage) -> None:
    """A metric that arrives minutes late still counts, as long as it is in the evaluation range."""
    stage.put("errors")
    stage.tick_at(NOON)
    assert stage.state("errors") == "INSUFFICIENT_DATA"
    stage.source.series["Sum"] = {NOON - 60: 5.0}
    stage.tick_at(NOON + 119)
    assert stage.state("errors") == "ALARM"
    stage.tick_at(NOON + 240)
    assert stage.alarm("errors")["StateReason"] == "Insufficient Data: 1 datapoint was unknown."


def test_dynamodb_ignores_missing_data_by_default(stage: Stage) -> None:
    """ "Alarms that evaluate metrics in the AWS/DynamoDB namespace default to ignore missing data. You can override
    this" (Configuring how CloudWatch alarms treat missing data).
    """
    stage.put("throttled", Namespace="AWS/DynamoDB")
    stage.put("explicit", Namespace="AWS/DynamoDB", TreatMissingData="missing")
    for name in ("throttled", "explicit"):
        stage.set_state(name, "OK")
    stage.tick_at(NOON)
    assert (stage.state("throttled"), stage.state("explicit")) == ("OK", "INSUFFICIENT_DATA")


def test_set_state_lasts_until_the_next_evaluation(stage: Stage) -> None:
    """ "Temporarily sets the state of an alarm for testing purposes": with actions, until the next comparison."""
    stage.put("errors", **ALL)
    stage.source.series["Sum"] = {NOON - 60: 1.0, NOON: 1.0}
    stage.tick_at(NOON)
    stage.sent.clear()
    stage.ask(
        "SetAlarmState",
        AlarmName="errors",
        StateValue="ALARM",
        StateReason="a drill",
        StateReasonData='{"by":"me"}',
    )
    alarm = stage.alarm("errors")
    assert (alarm["StateReason"], alarm["StateReasonData"]) == ("a drill", '{"by":"me"}')
    stage.alarms.tick()
    stage.tick_at(NOON + 60)
    assert [subject.split(":")[0] for _, subject, _ in stage.sent] == ["ALARM", "OK"]


@pytest.mark.parametrize("data", ["{", "[" * 4000, "nope"])
def test_set_state_wants_json(stage: Stage, data: str) -> None:
    """StateReasonData that is no JSON is InvalidFormat (SetAlarmState, errors)."""
    stage.put("errors")
    with pytest.raises(AwsError) as refused:
        stage.ask("SetAlarmState", AlarmName="errors", StateValue="OK", StateReason="x", StateReasonData=data)
    assert refused.value.code == "InvalidFormatFault"


def test_set_state_of_no_alarm(stage: Stage) -> None:
    """ResourceNotFound (SetAlarmState, errors)."""
    with pytest.raises(AwsError) as refused:
        stage.set_state("nobody", "OK")
    assert (refused.value.code, refused.value.status) == ("ResourceNotFound", 404)


def test_what_the_topic_gets(stage: Stage) -> None:
    """Subject and message as CloudWatch publishes them (field by field as recorded notifications have them)."""
    stage.put(
        "errors",
        AlarmDescription="Too many",
        Dimensions=[{"Name": "Service", "Value": "checkout"}],
        DatapointsToAlarm=1,
        TreatMissingData="missing",
        AlarmActions=[TOPIC],
    )
    stage.source.series["Sum"] = {NOON - 60: 5.0}
    stage.tick_at(NOON + 1)
    ((topic, subject, message),) = stage.sent
    assert topic == TOPIC
    assert subject == 'ALARM: "errors" in US East (N. Virginia)'
    assert json.loads(message) == {
        "AlarmName": "errors",
        "AlarmDescription": "Too many",
        "AWSAccountId": "123456789012",
        "AlarmConfigurationUpdatedTimestamp": "2026-11-26T12:00:00.000+0000",
        "NewStateValue": "ALARM",
        "NewStateReason": (
            "Threshold Crossed: 1 out of the last 1 datapoints [5.0 (26/11/26 11:59:00)] was greater than the "
            "threshold (3.0) (minimum 1 datapoint for OK -> ALARM transition)."
        ),
        "StateChangeTime": "2026-11-26T12:00:01.000+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors",
        "OldStateValue": "INSUFFICIENT_DATA",
        "OKActions": [],
        "AlarmActions": [TOPIC],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "Errors",
            "Namespace": "Shop",
            "StatisticType": "Statistic",
            "Statistic": "SUM",
            "Unit": None,
            "Dimensions": [{"value": "checkout", "name": "Service"}],
            "Period": 60,
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 3.0,
            "TreatMissingData": "missing",
            "EvaluateLowSampleCountPercentile": "",
        },
    }


def test_what_the_topic_gets_of_a_math_alarm(stage: Stage) -> None:
    """The Trigger of a math alarm has its Metrics, dimensions with small letters."""
    metric = {"Namespace": "Shop", "MetricName": "Errors", "Dimensions": [{"Name": "a", "Value": "1"}]}
    stage.put(
        "rate",
        **dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period")),
        AlarmActions=[TOPIC],
        Metrics=[
            {"Id": "e1", "Expression": "m1 * 2", "Label": "Twice"},
            {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        ],
    )
    stage.source.series["e1"] = {NOON - 60: 5.0}
    stage.alarms.tick()
    trigger = json.loads(stage.sent[0][2])["Trigger"]
    assert trigger["Metrics"] == [
        {"Id": "e1", "Expression": "m1 * 2", "Label": "Twice", "ReturnData": True},
        {
            "Id": "m1",
            "MetricStat": {
                "Metric": {
                    "Namespace": "Shop",
                    "MetricName": "Errors",
                    "Dimensions": [{"value": "1", "name": "a"}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
            "ReturnData": False,
        },
    ]
    assert trigger["Period"] == 60


def test_subject_is_ascii_and_short(stage: Stage) -> None:
    """SNS takes ASCII subjects shorter than 100 characters; CloudWatch writes _ for the rest."""
    stage.put("Inicio de Sesión " + "x" * 200, AlarmActions=[TOPIC])
    stage.source.series["Sum"] = {NOON - 60: 5.0}
    stage.alarms.tick()
    assert stage.sent[0][1].startswith('ALARM: "Inicio de Sesi_n xxx')
    assert len(stage.sent[0][1]) == 99


def test_actions_are_taken_once_a_transition(stage: Stage) -> None:
    """ "the actions happen only on state transitions, and are not performed again if the condition persists"."""
    stage.put("errors", **ALL)
    stage.source.series["Sum"] = {NOON + 60 * minute: 5.0 for minute in range(-1, 10)}
    for minute in range(10):
        stage.tick_at(NOON + 60 * minute)
    assert [subject for _, subject, _ in stage.sent] == ['ALARM: "errors" in US East (N. Virginia)']


def test_disabled_actions_are_not_taken(stage: Stage) -> None:
    """ "When an alarm's actions are disabled, the alarm actions do not execute when the alarm state changes"."""
    stage.put("errors", **ALL)
    stage.ask("DisableAlarmActions", AlarmNames=["errors", "nobody"])
    assert stage.alarm("errors")["ActionsEnabled"] is False
    stage.set_state("errors", "ALARM")
    stage.ask("EnableAlarmActions", AlarmNames=["errors"])
    stage.alarms.tick()
    assert stage.sent == [(TOPIC, 'INSUFFICIENT_DATA: "errors" in US East (N. Virginia)', stage.sent[0][2])]


def test_failed_action_is_in_the_history(stage: Stage) -> None:
    """A topic that refuses is recorded, in AWS's words, and stops no other alarm."""
    stage.put("errors", AlarmActions=[TOPIC])
    stage.refusal = AwsError("NotFound", "Topic does not exist")
    stage.set_state("errors", "ALARM")
    stage.alarms.tick()
    (action,) = stage.history(HistoryItemType="Action")
    assert action["HistorySummary"] == f'Failed to execute action {TOPIC}. Received error: "Topic does not exist"'
    assert json.loads(action["HistoryData"])["actionState"] == "Failed"


def test_error_of_the_metrics_is_the_alarms_evaluation_error(stage: Stage) -> None:
    """EvaluationState EVALUATION_ERROR, "Refer to StateReason field of the alarm for more details"; the state stays."""
    stage.put("errors")
    stage.put("fine", Statistic="Maximum")
    stage.source.error = AwsError("ValidationError", "Error in expression 'e1'")
    stage.tick_at(NOON)
    alarm = stage.alarm("errors")
    assert (alarm["EvaluationState"], alarm["StateReason"]) == ("EVALUATION_ERROR", "Error in expression 'e1'")
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    stage.source.error = None
    stage.tick_at(NOON + 60)
    assert "EvaluationState" not in stage.alarm("errors")


def test_evaluate_does_not_wait(stage: Stage) -> None:
    """Alarms.evaluate() evaluates all of them now."""
    stage.put("errors")
    stage.tick_at(NOON)
    stage.source.series["Sum"] = {NOON - 60: 5.0}
    stage.alarms.evaluate()
    assert stage.state("errors") == "ALARM"


def test_restart_keeps_everything(stage: Stage, tmp_path: Path) -> None:
    """Another process with the same file sees the alarm, its state and history, and goes on evaluating."""
    stage.put("errors", **ALL)
    stage.source.series["Sum"] = {NOON - 60: 5.0}
    stage.tick_at(NOON)
    stage.close()
    other = Stage(tmp_path / "aws.sqlite3")
    assert other.state("errors") == "ALARM"
    assert len(other.history()) == 3
    other.source.series["Sum"] = {NOON: 1.0}
    other.tick_at(NOON + 60)
    assert other.state("errors") == "OK"
    other.close()


def test_reset_forgets_everything(stage: Stage) -> None:
    """No alarm, no history, no tags and no action that waits is left; a new alarm of the same name is new."""
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors"
    stage.put("errors", **ALL, Tags=[{"Key": "team", "Value": "shop"}])
    stage.ask("PutCompositeAlarm", AlarmName="all", AlarmRule="ALARM(errors)")
    stage.set_state("errors", "ALARM")
    stage.alarms.reset()
    stage.alarms.tick()
    assert (stage.sent, stage.history(AlarmTypes=["MetricAlarm", "CompositeAlarm"])) == ([], [])
    stage.put("errors")
    assert stage.state("errors") == "INSUFFICIENT_DATA"
    assert stage.ask("ListTagsForResource", ResourceARN=arn)["Tags"] == []
    stage.ask("DeleteAlarms", AlarmNames=["errors"])


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.local.cloudwatch.alarms.stage import NOON, TOPIC, Stage
stage = Stage(Path(sys.argv[1]))
stage.put("errors", AlarmActions=[TOPIC])
stage.alarms._notify = lambda *sent: os.kill(os.getpid(), signal.SIGKILL)
stage.set_state("errors", "ALARM")
stage.tick_at(NOON)
"""


def test_killed_before_its_topic_was_told(tmp_path: Path) -> None:
    """A kill -9 between the transition and the notification: the next process tells the topic."""
    path = tmp_path / "aws.sqlite3"
    root = Path(__file__).resolve().parents[4]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=root, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    stage = Stage(path)
    stage.alarms.tick()
    assert [subject.split(":")[0] for _, subject, _ in stage.sent] == ["ALARM"]
    stage.alarms.tick()
    assert len(stage.sent) == 1
    assert [item["HistorySummary"] for item in stage.history(ScanBy="TimestampAscending")] == [
        'Alarm "errors" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        "Alarm updated from ALARM to INSUFFICIENT_DATA",
        f"Successfully executed action {TOPIC}",
    ]
    stage.close()
