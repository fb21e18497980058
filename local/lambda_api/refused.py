"""PURE: what Lambda's API refuses, in its own words."""

from local.errors import AwsError

_USER = {"Type": "User"}


def not_found(arn: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"Function not found: {arn}", status=404, members=_USER)


def no_alias(arn: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"Cannot find alias arn: {arn}", status=404, members=_USER)


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message, members=_USER)


def conflict(message: str) -> AwsError:
    return AwsError("ResourceConflictException", message, status=409, members=_USER)


def stale(what: str) -> AwsError:
    message = (
        "The Revision Id provided does not match the latest Revision Id. Call the "
        f"{what} API to retrieve the latest Revision Id"
    )
    return AwsError("PreconditionFailedException", message, status=412, members=_USER)


def updating(arn: str) -> AwsError:
    return conflict(f"The operation cannot be performed at this time. An update is in progress for resource: {arn}")
