"""PURE: an error of ours as the service's model has it: shape, code of the Query protocol, HTTP status, members."""

from dataclasses import dataclass
from typing import Any

from botocore.model import ServiceModel, StructureShape

from local.errors import AwsError

DEFAULT_STATUS = 400


@dataclass(frozen=True, slots=True)
class Failure:
    """`code` is the one of the Query protocol; `name` that of the shape: JSON and CBOR say it. They differ at times."""

    code: str
    name: str
    message: str
    status: int
    members: dict[str, Any]
    shape: StructureShape | None = None
    message_member: str = "message"

    @property
    def kind(self) -> str:
        return "Sender" if self.status < 500 else "Receiver"


def modelled(error: AwsError, service: ServiceModel | None) -> Failure:
    """A status that the error sets by itself wins over the model's, except 400, which is what it has unless told."""
    shape = None if service is None else _shape(error.code, service)
    if shape is None:
        return Failure(error.code, error.code, error.message, error.status, error.members)
    trait: dict[str, Any] = shape.metadata.get("error") or {}
    status = trait.get("httpStatusCode", DEFAULT_STATUS) if error.status == DEFAULT_STATUS else error.status
    member = next((name for name in shape.members if name.lower() == "message"), "message")
    return Failure(trait.get("code", shape.name), shape.name, error.message, status, error.members, shape, member)


def _shape(code: str, service: ServiceModel) -> StructureShape | None:
    """By the name of the shape before the code: CloudWatch has two shapes for the code ResourceNotFound."""
    shapes = [shape for shape in service.error_shapes if isinstance(shape, StructureShape)]
    named = next((shape for shape in shapes if shape.name == code), None)
    return named or next((shape for shape in shapes if shape.error_code == code), None)
