"""What can be wrong in an expression.

AwsError (local/errors.py)
└── ExpressionError         metric math, SEARCH or SELECT that can't be read or has no meaning; ValidationError to AWS
"""

from local.errors import AwsError


class ExpressionError(AwsError):
    """`position` counts characters of the expression from 0."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__("ValidationError", f"{reason} (position {position})")
        self.reason = reason
        self.position = position
