"""PURE: a filter pattern of CloudWatch Logs, in any of its three forms.

Source: the AWS page "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail".
"""

from local.cloudwatch.logs.errors import PatternError
from local.cloudwatch.logs.patterns.form import Pattern
from local.cloudwatch.logs.patterns.json_form import parse_json
from local.cloudwatch.logs.patterns.space_form import parse_space
from local.cloudwatch.logs.patterns.term_form import parse_terms

MOST_CHARACTERS = 1024
MOST_REGEXES = 2


def parse_pattern(text: str) -> Pattern:
    """`{...}` looks at JSON, `[...]` at the words of a line, all else at the text. Raises PatternError."""
    if len(text) > MOST_CHARACTERS:
        raise PatternError(f"longer than {MOST_CHARACTERS} characters", MOST_CHARACTERS)
    start = text.lstrip()[:1]
    pattern = parse_json(text) if start == "{" else parse_space(text) if start == "[" else parse_terms(text)
    if pattern.regexes > MOST_REGEXES:
        raise PatternError(f"{pattern.regexes} regular expressions; at most {MOST_REGEXES} are allowed", 0)
    return pattern
