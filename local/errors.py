"""What can go wrong on the laptop.

LocalError                  what is wrong, what was given, what would be right
├── SettingError            a LOCAL_* setting or a command-line option
├── TemplateError           sam_template.yaml says something that is not supported here, or is wrong
├── StartError              a port is taken, a folder is not writable, an interpreter is missing
└── InvokeError             Lambda's Invoke API refused the call; `code` is the API's own error code
    ├── TooManyRequests     reserved concurrency is used up
    └── RequestTooLarge     the payload is over 6 MB
"""


class LocalError(Exception):
    """The root of everything that local/ raises on purpose."""


class SettingError(LocalError):
    pass


class TemplateError(LocalError):
    pass


class StartError(LocalError):
    pass


class InvokeError(LocalError):
    code = "ServiceException"


class TooManyRequests(InvokeError):
    code = "TooManyRequestsException"


class RequestTooLarge(InvokeError):
    code = "RequestTooLargeException"
