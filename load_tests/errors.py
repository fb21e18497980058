"""Why a load test stops.

LoadTestError
├── OptionError     an option that can't be, with what would be right
├── StackError      the laptop's stack or Locust did not start, or ended before its time
└── AwsAnswerError  an AWS API answered something that a run can't be read from
"""


class LoadTestError(Exception): ...


class OptionError(LoadTestError): ...


class StackError(LoadTestError): ...


class AwsAnswerError(LoadTestError): ...
