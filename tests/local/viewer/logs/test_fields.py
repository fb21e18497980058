from hypothesis import given, settings
from hypothesis import strategies as st

from local.cloudwatch.logs import parse_query
from local.viewer.logs.fields import OF_ALL, OF_LAMBDA, discovered
from local.viewer.logs.language import COMMANDS, FUNCTIONS

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy


def test_json_members_are_fields() -> None:
    """By their path, the most frequent first, after the fields that every line has."""
    found = discovered(['{"a":1,"b":{"c":2}}', 'prefix {"b":{"c":3}}', "plain"])
    assert found == (*OF_ALL, "b.c", "a")


def test_odd_names_are_quoted() -> None:
    """A name with other characters than letters, digits, @, _ and dots is in backticks."""
    assert discovered(['{"a-b":1}'])[-1] == "`a-b`"


def test_lambdas_fields() -> None:
    """Where there are Lambda's own lines, its fields are there too."""
    assert discovered(["START RequestId: 1 Version: 1"]) == (*OF_ALL, *OF_LAMBDA)


@QUIET
@given(st.lists(st.text()))
def test_any_lines(messages: list[str]) -> None:
    """Whatever the lines are, the fields of every line are there."""
    assert discovered(messages)[: len(OF_ALL)] == OF_ALL


def test_functions_are_written_as_the_language_has_them() -> None:
    """Each example that the editor gives is one that a query can have."""
    aggregates = list(FUNCTIONS)[:12]
    for name, (example, meaning) in FUNCTIONS.items():
        assert example.startswith(f"{name}(")
        assert meaning
        parse_query(f"stats {example}" if name in aggregates else f"fields {example}")


def test_commands_are_written_as_the_language_has_them() -> None:
    """Each command's example is one; those that the laptop does not run are refused by name there."""
    refused = {"pattern", "diff", "filterIndex", "anomaly", "unmask"}
    for name, (example, meaning) in COMMANDS.items():
        assert name in example
        assert meaning
        if name not in refused:
            parse_query(example)
