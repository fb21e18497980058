"""Why a load test, a sweep or a report stops, in one sentence.

LoadTestError
├── OptionError     an option that can't be, with what would be right
├── SettingError    a sweep's setting that can't be, or two that don't go together
├── StackError      the laptop's stack or Locust did not start, or ended before its time
├── AwsAnswerError  an AWS API answered something that a run can't be read from
├── NotReachable    there is no stack, API, function or log group where it was said to be
├── CallRefused     AWS, or the laptop in its place, refused a call
├── NotRestored     the function is not as it was, and the journal says how it was
└── ReportError     a report.json that is none, or not of this version
"""


class LoadTestError(Exception): ...


class OptionError(LoadTestError): ...


class SettingError(LoadTestError): ...


class StackError(LoadTestError): ...


class AwsAnswerError(LoadTestError): ...


class NotReachable(LoadTestError): ...


class CallRefused(LoadTestError): ...


class NotRestored(LoadTestError): ...


class ReportError(LoadTestError): ...
