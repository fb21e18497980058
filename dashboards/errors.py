"""What can go wrong here. PURE.

DashboardsError             everything this room raises on purpose
├── BoardError              a widget, alarm or query that CloudWatch would refuse; names the file and line to mend
├── DriveError              the service could not be driven: the contract has nothing to compare with
└── VerifyError             a stack that can't be asked, or that shows what can't be verified
"""

from __future__ import annotations


class DashboardsError(Exception):
    """The root of this room's errors."""


class BoardError(DashboardsError):
    """`origin`: the file and line to mend, such as board.py:42."""

    def __init__(self, origin: str, message: str) -> None:
        super().__init__(f"{origin}: {message}")
        self.origin = origin


class DriveError(DashboardsError):
    """The child process ended, or answered what the scenario did not expect."""


class VerifyError(DashboardsError):
    """No such stack, no credentials, a widget of a kind that is not supported."""
