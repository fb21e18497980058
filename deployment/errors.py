"""What can go wrong while the deployment is checked. PURE.

DeploymentError
├── ToolError        a tool could not be run, or said what nobody reads
├── NotAskedError    a tool is not to be had for this Python: its check is left out, and told
├── TemplateError    a template is no template, or uses what is not supported here
└── TrialError       the trial deployment did not go as it should
"""


class DeploymentError(Exception):
    """The deployment could not be checked; the message says why and what would be right."""


class ToolError(DeploymentError):
    pass


class NotAskedError(DeploymentError):
    pass


class TemplateError(DeploymentError):
    pass


class TrialError(DeploymentError):
    pass
