"""What can go wrong on the laptop.

LocalError                  what is wrong, what was given, what would be right
├── SettingError            a LOCAL_* setting or a command-line option
├── TemplateError           sam_template.yaml says something that is not supported here, or is wrong
├── StartError              a port is taken, a folder is not writable, an interpreter is missing
├── NotKept                 one of several writes together has raised: none of them is kept
├── Taken                   another writes, and nobody was to be waited for
├── InvokeError             Lambda's Invoke API refused the call; `code` is the API's own error code
│   ├── TooManyRequests     reserved concurrency is used up
│   └── RequestTooLarge     the payload is over 6 MB
└── AwsError                an AWS API refused the call, in AWS's own words; `code` is the API's own error code
    └── NotSupported        AWS would take it, the laptop does not: never ignored, always named
"""

from collections.abc import Mapping
from typing import Any


class LocalError(Exception):
    """The root of everything that local/ raises on purpose."""


class SettingError(LocalError):
    pass


class TemplateError(LocalError):
    pass


class StartError(LocalError):
    pass


class NotKept(LocalError):
    """What was written together was undone: one of the writes has raised."""


class Taken(LocalError):
    """Another thread or process writes; nothing was done."""


class InvokeError(LocalError):
    code = "ServiceException"


class TooManyRequests(InvokeError):
    """`reason` is the API's own word for which limit it was."""

    code = "TooManyRequestsException"

    def __init__(self, message: str, reason: str = "ReservedFunctionConcurrentInvocationLimitExceeded") -> None:
        super().__init__(message)
        self.reason = reason


class RequestTooLarge(InvokeError):
    code = "RequestTooLargeException"


class AwsError(LocalError):
    """`code` as botocore's model or AWS's page of the API names it, `status` HTTP's; `members` are what the modelled
    error's shape has beside its message.
    """

    def __init__(self, code: str, message: str, *, status: int = 400, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = dict(members or {})


class NotSupported(AwsError):
    def __init__(self, message: str) -> None:
        super().__init__("NotSupportedOnTheLaptop", message, status=501)
