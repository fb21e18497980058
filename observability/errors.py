"""What this library can say is wrong. PURE.

ObservabilityError          the root
├── SettingError            an environment variable's value can't be used
├── MetricError             a metric is declared with a name that CloudWatch or the line would not take
├── AlreadyObservedError    observe() was called twice on one application
├── MissingPackageError     a setting asks for a package that isn't installed
├── NotObservedError        an application that observe() has not seen was given to lambda_handler() or capture()
└── UnsupportedEventError   Lambda was invoked with an event that is no HTTP request

All are raised while a program starts or by a caller's mistake; none while a request is served: what goes wrong in
telemetry then is counted in the metric TelemetryFailures.
"""

from __future__ import annotations


class ObservabilityError(Exception):
    """The root of this package's errors."""


class SettingError(ObservabilityError):
    """`variable` is set to `value`; `would_be_right` says what it may be."""

    def __init__(self, variable: str, value: str, would_be_right: str) -> None:
        super().__init__(f"{variable}={value!r} can't be used: it would be right as {would_be_right}")
        self.variable = variable
        self.value = value
        self.would_be_right = would_be_right


class MetricError(ObservabilityError):
    def __init__(self, name: object, would_be_right: str) -> None:
        super().__init__(f"the metric name {name!r} can't be used: it would be right as {would_be_right}")
        self.name = name


class AlreadyObservedError(ObservabilityError):
    def __init__(self) -> None:
        super().__init__("observe() was called twice on this application: call it once, where the application is made")


class NotObservedError(ObservabilityError):
    def __init__(self, caller: str) -> None:
        super().__init__(f"{caller} needs an observed application: call observe(app) first")


class MissingPackageError(ObservabilityError):
    def __init__(self, variable: str, value: str, package: str) -> None:
        super().__init__(f"{variable}={value} needs {package}: pip install {package}")
        self.package = package


class UnsupportedEventError(ObservabilityError):
    """`found` describes the event by its members' names, never by their values."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"this event is no HTTP request ({found}); supported are API Gateway REST APIs (payload 1.0) and"
            " HTTP APIs (1.0 and 2.0), Lambda function URLs, Application Load Balancers and Lambda@Edge"
        )
