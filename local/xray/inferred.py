"""PURE: a call to a service that sends no segment -> the segment that X-Ray infers for it.

Source: AWS pages "AWS X-Ray segment documents" (the inferred segment of a downstream HTTP call), "Getting data from
AWS X-Ray" (those of DynamoDB and SNS, and the names that they have on the service graph), and the API's page of
Service (Type). That a SQL call is a Database::SQL, and the resources other than DynamoDB's, are no page's words.
"""

import hashlib

from local.xray.tree import Document

DATABASE, REMOTE = "Database::SQL", "remote"
_NAMESPACES = ("aws", "remote")
# A service by its name in lower case -> the member of `aws` that names the resource, and the type of the resource.
_RESOURCES = {
    "dynamodb": ("table_name", "AWS::DynamoDB::Table"),
    "sqs": ("queue_url", "AWS::SQS::Queue"),
    "s3": ("bucket_name", "AWS::S3::Bucket"),
}
# Services by the names that SDKs give them -> as their types are written.
_SERVICES = {"dynamodb": "DynamoDB", "sqs": "SQS", "s3": "S3", "sns": "SNS", "lambda": "Lambda"}
_CARRIED = ("http", "aws", "sql", "error", "fault", "throttle", "end_time", "in_progress")


def is_downstream(subsegment: Document) -> bool:
    """Whether it is a call to another service."""
    return subsegment.get("namespace") in _NAMESPACES


def infer(trace_id: str, subsegment: Document) -> Document:
    """The segment of the service that was called, as the caller saw it."""
    origin = _origin(subsegment)
    return {
        "id": hashlib.blake2b(f"{trace_id} {subsegment['id']}".encode(), digest_size=8).hexdigest(),
        "name": subsegment["name"],
        "start_time": subsegment["start_time"],
        "parent_id": subsegment["id"],
        "inferred": True,
        "trace_id": trace_id,
        **{name: subsegment[name] for name in _CARRIED if name in subsegment},
        **({"origin": origin} if origin else {}),
    }


def service_of(segment: Document) -> tuple[str, str | None]:
    """Name and type of the service on the graph: of an AWS resource its own name, not that of its service."""
    origin = segment.get("origin")
    if not segment.get("inferred"):
        return segment["name"], origin if isinstance(origin, str) else None
    member, kind = _RESOURCES.get(segment["name"].lower(), ("", ""))
    if origin == kind and isinstance(named := segment["aws"].get(member), str):
        return named, kind
    return segment["name"], origin or REMOTE


def _origin(subsegment: Document) -> str | None:
    if subsegment["namespace"] == "remote":
        return DATABASE if "sql" in subsegment else None
    name = subsegment["name"].lower()
    aws = subsegment.get("aws", {})
    member, kind = _RESOURCES.get(name, ("", ""))
    return kind if isinstance(aws.get(member), str) else f"AWS::{_SERVICES.get(name, subsegment['name'])}"
