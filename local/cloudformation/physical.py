"""PURE: what the laptop's APIs call a resource of a template, and why some of them are not there.

Sources: each type's page, "Return values" (Ref), and the SAM developer guide, "Generated AWS CloudFormation resources":
a stack has what SAM's types become, never these themselves.
"""

from collections.abc import Mapping

from local.api_gateway.routing import stable_id
from local.monitoring.requests import REQUESTS, Resource
from local.supported import API, FUNCTION, PERMISSIONS

NESTED = "AWS::CloudFormation::Stack"
#: SAM's types -> what they become.
BECOME: Mapping[str, str] = {
    FUNCTION: "AWS::Lambda::Function",
    API: "AWS::ApiGateway::RestApi",
    "AWS::Serverless::LayerVersion": "AWS::Lambda::LayerVersion",
}
XRAY = frozenset({"AWS::XRay::Group", "AWS::XRay::SamplingRule"})
#: The properties that a resource's id is made of.
NAMING = frozenset({"Name", "FilterName", "GroupName", "RuleName", "SamplingRule"})
#: What the laptop has of a stack; all other types have a reason.
THERE = frozenset({FUNCTION, API, NESTED, *REQUESTS})
REASONS: Mapping[str, str] = {
    "AWS::DynamoDB::Table": "no DynamoDB here: the function keeps its items in a SQLite file (ITEMS_DATABASE)",
    "AWS::Serverless::LayerVersion": "no layers here: the function's packages are the work tree's or the artifact's",
    "AWS::IAM::Role": "permissions are not asked for here",
    "AWS::IAM::Policy": "permissions are not asked for here",
    **dict.fromkeys(PERMISSIONS, "permissions are not asked for here"),
}


def reason_why_not(kind: str) -> str:
    """Why the laptop has none of this type; "" where it has."""
    return "" if kind in THERE else f"not on the laptop: {REASONS.get(kind, f'{kind} is not supported')}"


def physical_id(
    kind: str,
    ref: str,
    properties: Mapping[str, object],
    queries: Mapping[str, str],
    arns: Mapping[tuple[str, str], str],
) -> str:
    """`ref` is what `!Ref` of it gives; `queries` the ids of query definitions by their names, `arns` those of trace
    groups and sampling rules by their type and name: they have a part that only X-Ray knows.
    """
    if kind in XRAY:
        return arns.get((kind, REQUESTS[kind].request(Resource(kind, ref, properties)).name), "")
    if kind == API:
        return stable_id(str(properties.get("Name", ref)), 10)
    if kind == "AWS::Logs::MetricFilter":
        return str(properties.get("FilterName", ref))
    if kind == "AWS::Logs::QueryDefinition":
        return queries.get(str(properties.get("Name", "")), "")
    return ref
