"""PURE: X-Ray's errors, by the codes of its API."""

from local.errors import AwsError


def invalid(message: str) -> AwsError:
    return AwsError("InvalidRequestException", message)


def not_found(arn: str) -> AwsError:
    members = {"ResourceName": arn}
    return AwsError("ResourceNotFoundException", f"no group or sampling rule {arn!r}", status=404, members=members)
