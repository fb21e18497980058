"""local.cloudwatch.alarms.rule: the language of AlarmRule, as the page "Composite alarms" has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloudwatch.alarms import AlarmRule, parse_alarm_rule
from local.errors import AwsError

STATES = {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA", "d": "ALARM", "two words": "ALARM", 'a"b': "OK"}


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("ALARM(a)", True),
        ("OK(a)", False),
        ('INSUFFICIENT_DATA("c")', True),
        ("TRUE", True),
        ("FALSE", False),
        ("false", False),  # "change the AlarmRule of one of the alarms to false" (DeleteAlarms)
        ("ALARM(a) AND ALARM(b)", False),
        ("ALARM(a) OR ALARM(b)", True),
        ("ALARM(a) AND NOT ALARM(b)", True),
        ("NOT ALARM(a) OR ALARM(d)", True),
        ("NOT (ALARM(a) OR ALARM(d))", False),
        ("TRUE OR FALSE AND FALSE", True),
        ("(TRUE OR FALSE) AND FALSE", False),
        ("NOT NOT ALARM(a)", True),
        ('ALARM("two words")', True),
        (r'OK("a\"b")', True),
        ("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a)", True),
        ("AT_LEAST(2, ALARM, (a, b, c, d))", True),
        ("AT_LEAST(3, ALARM, (a, b, c, d))", False),
        ("AT_LEAST(50%, ALARM, (a, b, c, d))", True),
        ("AT_LEAST(51%, ALARM, (a, b, c, d))", False),
        ("AT_LEAST(2, NOT ALARM, (a, b, c, d))", True),
        ("AT_LEAST(2, OK, (a, b))", False),
        ("AT_LEAST(2, ALARM, (a, d)) AND NOT ALARM(b)", True),
        ("ALARM(nobody)", False),
        ("NOT ALARM(nobody)", True),
    ],
)
def test_rule_holds(rule: str, holds: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Operators, constants, AT_LEAST with numbers and percentages, names with and without quotes, ARNs."""
    assert parse_alarm_rule(rule).holds(STATES) is holds


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        # these two from reports of users of the AWS CDK (issues 34662 and 13953)
        ("()", "Error in AlarmRule [Unsupported token ')' at char 1"),
        (
            'ALARM("arn:aws:cloudwatch:us-east-1:123456789012:alarm:x") OR ALARM(My Alarm)',
            "Error in AlarmRule [Unsupported token 'Alarm' at char 71, must be: ')']",
        ),
        ("ALARM(a", "Error in AlarmRule [Unsupported token 'end of rule' at char 7, must be: ')']"),
        ("ALARM(a))", "Error in AlarmRule [Unsupported token ')' at char 8, must be: 'AND' or 'OR']"),
        ("ALARM(a) ALARM(b)", "Error in AlarmRule [Unsupported token 'ALARM' at char 9, must be: 'AND' or 'OR']"),
        ("XOR(a)", "Error in AlarmRule [Unsupported token 'XOR' at char 0"),
        ("AT_LEAST(0, ALARM, (a))", "Error in AlarmRule [Unsupported token '0' at char 9"),
        ("AT_LEAST(101%, ALARM, (a))", "Error in AlarmRule [Unsupported token '101%' at char 9"),
        ("AT_LEAST(1, BROKEN, (a))", "Error in AlarmRule [Unsupported token 'BROKEN' at char 12"),
        ("AT_LEAST(1, ALARM, ())", "Error in AlarmRule [Unsupported token ')' at char 20"),
        ("", "Error in AlarmRule [Unsupported token 'end of rule' at char 0"),
        ('ALARM(a ")"', "Error in AlarmRule [Unsupported token ')' at char 8, must be: ')']"),
        ('AT_LEAST(1, OK, (a "," b))', "Error in AlarmRule [Unsupported token ',' at char 19, must be: ')']"),
        ('ALARM("a', "Error in AlarmRule [a quotation mark without its second at char 6]"),
    ],
)
def test_mistakes_are_named(rule: str, message: str) -> None:
    """The token, where it stands, and what should stand there."""
    with pytest.raises(AwsError) as refused:
        parse_alarm_rule(rule)
    assert refused.value.code == "ValidationError"
    assert refused.value.message.startswith(message)


def test_children_once_each() -> None:
    """A rule's children are its alarms' names, by name or by ARN, each once."""
    rule = 'ALARM(b) OR OK(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a) OR AT_LEAST(1, OK, ("b", "c d"))'
    assert parse_alarm_rule(rule).children == ("b", "a", "c d")


def test_at_most_100_children_and_500_elements() -> None:
    """ "An AlarmRule expression can specify as many as 100 "child" alarms" and "as many as 500 elements"."""
    hundred = " OR ".join(f"ALARM(a{number})" for number in range(100))
    assert len(parse_alarm_rule(hundred).children) == 100
    with pytest.raises(AwsError, match="101 alarms, at most 100"):
        parse_alarm_rule(f"{hundred} OR ALARM(one-more)")
    assert parse_alarm_rule(" OR ".join(["TRUE"] * 500)).holds({})
    with pytest.raises(AwsError, match="more than 500 elements"):
        parse_alarm_rule(" OR ".join(["TRUE"] * 501))


def test_depth_is_no_danger() -> None:
    """As deep as the 10,240 characters of a rule allow: parsed or refused, never a RecursionError."""
    assert parse_alarm_rule("(" * 499 + "TRUE" + ")" * 499).holds({})
    assert parse_alarm_rule("NOT " * 2500 + "TRUE").holds({})
    with pytest.raises(AwsError, match="more than 500 elements"):
        parse_alarm_rule("(" * 10240)


WORDS = ["ALARM", "OK", "(", ")", ",", "AND", "OR", "NOT", "TRUE", "AT_LEAST", "2", "50%", "a", '"a b"', '"', " "]


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)))
def test_any_text_is_a_rule_or_an_error_of_ours(text: str) -> None:
    """Any text is parsed, and then it holds or it doesn't; or AWS's error says what is wrong."""
    found: AlarmRule | str
    try:
        found = parse_alarm_rule(text)
    except AwsError as error:
        found = error.message
    if isinstance(found, str):
        assert found.startswith("Error in AlarmRule [")
    else:
        assert found.holds({}) in (True, False)
