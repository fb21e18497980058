"""PURE: what is wrong with a filter pattern or a query, and where. Positions are character offsets from 0.

AwsError
├── PatternError             a filter pattern or a selector of one
├── QueryError               the text of a Logs Insights query
└── NotSupported
    └── QueryNotSupported    CloudWatch would run the query, the laptop does not

RegexTooSlow                 a regular expression took longer on one event than it may
"""

from local.errors import AwsError, LocalError, NotSupported


class PatternError(AwsError):
    """`message` tells what would be right; `start` is where in the pattern."""

    def __init__(self, message: str, start: int) -> None:
        super().__init__("InvalidParameterException", f"Invalid filter pattern at character {start}: {message}")
        self.start = start


class QueryError(AwsError):
    """The text from `start` to `end` is what it is about; both are in the error's queryCompileError, as in AWS's."""

    def __init__(self, message: str, start: int, end: int) -> None:
        at = {"startCharOffset": start, "endCharOffset": end}
        compile_error = {"location": at, "message": message}
        text = f"{message} (characters {start} to {end})"
        super().__init__("MalformedQueryException", text, members={"queryCompileError": compile_error})
        self.start = start
        self.end = end


class QueryNotSupported(NotSupported):
    def __init__(self, what: str, start: int, end: int) -> None:
        super().__init__(f"{what} (characters {start} to {end}) is not supported on the laptop")
        self.start = start
        self.end = end


class RegexTooSlow(LocalError):
    """Names the expression and the time."""
