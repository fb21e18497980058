"""PURE: how many invocations of a function may run at once, over all its versions."""

from enum import StrEnum

ACCOUNT_CONCURRENCY = 1000  # "Concurrent executions: 1,000" of the AWS page "Lambda quotas"


class ThrottleReason(StrEnum):
    """Why an invocation was refused (TooManyRequestsException, `Reason`).

    RESERVED: the function's own reserved concurrency is used up.
    ACCOUNT: the account's is.
    """

    RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"
    ACCOUNT = "ConcurrentInvocationLimitExceeded"


class Concurrency:
    """`reserved` may be set anew at any time: the next invocation meets it."""

    def __init__(self, reserved: int | None, account: int = ACCOUNT_CONCURRENCY) -> None:
        self.reserved = reserved
        self.running = 0
        self._account = account

    def enter(self) -> ThrottleReason | None:
        """Counts one more; where there is no room it says why, and does not count it."""
        if self.running >= (self._account if self.reserved is None else self.reserved):
            return ThrottleReason.ACCOUNT if self.reserved is None else ThrottleReason.RESERVED
        self.running += 1
        return None

    def leave(self) -> None:
        self.running -= 1
