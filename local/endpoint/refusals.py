"""PURE: what is wrong with parameters, as the service's own error."""

from collections.abc import Sequence

from botocore.model import OperationModel

from local.endpoint.check import Problem, sentence_of
from local.endpoint.protocols import Query, WireProtocol
from local.errors import AwsError

# How each service calls a parameter that breaks a constraint: its operations' errors, and its page "Common Errors".
CONSTRAINT = {
    "cloudwatch": "ValidationError",
    "cloudformation": "ValidationError",
    "lambda": "ValidationException",
    "logs": "InvalidParameterException",
    "sns": "InvalidParameter",
    "xray": "InvalidRequestException",
}
MISSING = "MissingParameter"


def refusal(service: str, operation: OperationModel, protocol: WireProtocol, problems: Sequence[Problem]) -> AwsError:
    malformed = [problem for problem in problems if problem.malformed]
    if malformed:
        code = "MalformedInput" if isinstance(protocol, Query) else "SerializationException"
        return AwsError(code, "; ".join(map(str, malformed)))
    missing = [problem for problem in problems if problem.missing]
    if missing and MISSING in {shape.error_code for shape in operation.error_shapes if hasattr(shape, "error_code")}:
        name = missing[0].path[1:]
        return AwsError(MISSING, f"The parameter {name[:1].upper()}{name[1:]} is required.")
    return AwsError(CONSTRAINT.get(service, "ValidationException"), sentence_of(problems))
