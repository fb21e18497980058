"""What a person at the terminal reads of a notification."""

import json

import pytest

from local.sns.terminal_line import terminal_line


def alarm(before: str, now: str) -> str:
    """CloudWatch User Guide, "Notifying users on alarm changes", as far as it is read here."""
    return json.dumps(
        {
            "AlarmName": "items-dev-fault-rate",
            "OldStateValue": before,
            "NewStateValue": now,
            "NewStateReason": "Threshold Crossed: 1 datapoint [7.0] was greater than the threshold.",
        }
    )


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        (
            "OK",
            "ALARM",
            "SNS Alarms: ALARM items-dev-fault-rate: Threshold Crossed: 1 datapoint [7.0] was greater than the threshold.",
        ),
        ("ALARM", "OK", "SNS Alarms: OK items-dev-fault-rate"),
        ("OK", "INSUFFICIENT_DATA", "SNS Alarms: INSUFFICIENT_DATA items-dev-fault-rate"),
        ("INSUFFICIENT_DATA", "OK", None),
    ],
)
def test_an_alarm_in_one_line(before: str, now: str, line: str | None) -> None:
    """Its state, its name, and why it rings; nothing of the dozens that are OK for the first time at a start."""
    assert terminal_line("Alarms", 'ALARM: "items-dev-fault-rate" in US East', alarm(before, now)) == line


@pytest.mark.parametrize("text", ["plain", "{}", "[1]", '{"AlarmName": "a"', '{"NewStateValue": "OK"}'])
def test_anything_else_as_it_is(text: str) -> None:
    """A message that is no alarm's is shown with its subject."""
    assert terminal_line("t", "Hello", text) == f"SNS t: Hello: {text}"
    assert terminal_line("t", None, text) == f"SNS t: {text}"


def test_no_message_takes_the_terminal_over() -> None:
    """One line of at most 300 characters, control characters shown as escapes."""
    line = terminal_line("t", None, "\x1b[2J\n" + "x" * 1000)
    assert line is not None
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) <= 300
