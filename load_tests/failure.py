"""What a command ends with, in one sentence.

LoadTestError
├── SettingError     a setting's value, or two that don't go together
├── NotReachable     there is no stack, API, function or log group where it was said to be
├── CallRefused      AWS, or the laptop in its place, refused a call
├── NotRestored      the function is not as it was, and the journal says how it was
└── ReportError      a report.json that is none, or not of this version
"""


class LoadTestError(Exception):
    """The root; its text is for people."""


class SettingError(LoadTestError):
    pass


class NotReachable(LoadTestError):
    pass


class CallRefused(LoadTestError):
    pass


class NotRestored(LoadTestError):
    pass


class ReportError(LoadTestError):
    pass
