"""What a deployed resource is, asked of the services themselves, in the template's own terms."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from deployment import api_readers
from deployment.api_readers import Clients, Properties, Reader


def function(clients: Clients, name: str, asked: Properties) -> Properties:
    found = clients("lambda").get_function_configuration(FunctionName=name)
    reserved = clients("lambda").get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
    same = ("Architectures", "Environment", "Handler", "MemorySize", "Role", "Runtime", "Timeout")
    logging = asked.get("LoggingConfig", {})
    return {
        **{key: found[key] for key in same},
        "Layers": [layer["Arn"] for layer in found["Layers"]],
        "LoggingConfig": {key: found["LoggingConfig"][key] for key in logging},
        "ReservedConcurrentExecutions": reserved,
        "SnapStart": {"ApplyOn": found["SnapStart"]["ApplyOn"]},
        "TracingConfig": found["TracingConfig"],
    }


def alias(clients: Clients, arn: str, asked: Properties) -> Properties:
    found = clients("lambda").get_alias(FunctionName=asked["FunctionName"], Name=arn.rpartition(":")[2])
    return {"Name": found["Name"], "FunctionVersion": found["FunctionVersion"]}


def layer(clients: Clients, arn: str, _asked: Properties) -> Properties:
    found = clients("lambda").get_layer_version_by_arn(Arn=arn)
    same = ("CompatibleArchitectures", "CompatibleRuntimes", "Description")
    return {key: found[key] for key in same}


def permission(clients: Clients, _name: str, asked: Properties) -> Properties:
    """The statement of the function's policy that says what was asked for, if there is one."""
    policy = json.loads(clients("lambda").get_policy(**_policy_of(asked["FunctionName"]))["Policy"])
    for statement in policy["Statement"]:
        found = {
            "Action": statement["Action"],
            "Principal": statement["Principal"].get("Service"),
            "SourceArn": statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn"),
        }
        if found["SourceArn"] == asked["SourceArn"]:
            return found
    return {"SourceArn": None}


def _policy_of(arn: str) -> dict[str, str]:
    parts = arn.split(":")
    return {"FunctionName": ":".join(parts[:7]), **({"Qualifier": parts[7]} if len(parts) > 7 else {})}


def table(clients: Clients, name: str, _asked: Properties) -> Properties:
    client = clients("dynamodb")
    found = client.describe_table(TableName=name)["Table"]
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    backups = backups["PointInTimeRecoveryDescription"]
    expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    indexes = found.get("GlobalSecondaryIndexes", [])
    return {
        "AttributeDefinitions": found["AttributeDefinitions"],
        "BillingMode": found["BillingModeSummary"]["BillingMode"],
        "GlobalSecondaryIndexes": [
            {key: index[key] for key in ("IndexName", "KeySchema", "Projection")} for index in indexes
        ],
        "KeySchema": found["KeySchema"],
        **_switch(
            "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled", backups["PointInTimeRecoveryStatus"]
        ),
        **_switch("SSESpecification", "SSEEnabled", found.get("SSEDescription", {}).get("Status")),
        **_switch(
            "TimeToLiveSpecification", "Enabled", expiry["TimeToLiveStatus"], AttributeName=expiry.get("AttributeName")
        ),
    }


def _switch(name: str, flag: str, status: str | None, **more: Any) -> Properties:
    """The specification of something that is on; None when it is off."""
    return {name: {flag: True, **more} if status in ("ENABLED", "ENABLING") else None}


def log_group(clients: Clients, name: str, _asked: Properties) -> Properties:
    groups = clients("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    [found] = [group for group in groups if group["logGroupName"] == name]
    return {"LogGroupName": found["logGroupName"], "RetentionInDays": found.get("retentionInDays")}


def metric_filter(clients: Clients, name: str, asked: Properties) -> Properties:
    filters = clients("logs").describe_metric_filters(logGroupName=asked["LogGroupName"])["metricFilters"]
    alike = [one for one in filters if one["filterName"] in (name, asked.get("FilterName"))]
    [found] = alike or [one for one in filters if one["filterPattern"] == asked["FilterPattern"]]
    return {
        "FilterPattern": found["filterPattern"],
        "MetricTransformations": [_transformation(one) for one in found["metricTransformations"]],
    }


def _transformation(found: Properties) -> Properties:
    """CloudFormation has dimensions as a list, CloudWatch Logs as a map."""
    made = {key[0].upper() + key[1:]: item for key, item in found.items()}
    if "Dimensions" in made:
        made["Dimensions"] = [{"Key": key, "Value": value} for key, value in made["Dimensions"].items()]
    return made


def role(clients: Clients, name: str, asked: Properties) -> Properties:
    client = clients("iam")
    policies = [
        client.get_role_policy(RoleName=name, PolicyName=one["PolicyName"]) for one in asked.get("Policies", [])
    ]
    attached = client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return {
        "AssumeRolePolicyDocument": client.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"],
        "Policies": [{key: policy[key] for key in ("PolicyName", "PolicyDocument")} for policy in policies],
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
    }


def topic(clients: Clients, arn: str, _asked: Properties) -> Properties:
    found = clients("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return {"KmsMasterKeyId": found.get("KmsMasterKeyId")}


def topic_policy(clients: Clients, _name: str, asked: Properties) -> Properties:
    found = [clients("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"] for arn in asked["Topics"]]
    return {"PolicyDocument": json.loads(found[0])}


def subscription(clients: Clients, _arn: str, asked: Properties) -> Properties:
    [found] = clients("sns").list_subscriptions_by_topic(TopicArn=asked["TopicArn"])["Subscriptions"]
    return {key: found[key] for key in ("TopicArn", "Protocol", "Endpoint")}


def key(clients: Clients, name: str, _asked: Properties) -> Properties | None:
    client = clients("kms")
    found = client.describe_key(KeyId=name)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":  # the most that a deletion does at once
        return None
    return {
        "Description": found["Description"],
        "EnableKeyRotation": client.get_key_rotation_status(KeyId=name)["KeyRotationEnabled"],
        "KeyPolicy": json.loads(client.get_key_policy(KeyId=name, PolicyName="default")["Policy"]),
    }


def alarm(clients: Clients, name: str, asked: Properties) -> Properties:
    [found] = clients("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return {key: found.get(key) for key in asked if key != "Tags"}


def dashboard(clients: Clients, name: str, asked: Properties) -> Properties:
    found = clients("cloudwatch").get_dashboard(DashboardName=name)
    same = json.loads(found["DashboardBody"]) == json.loads(asked["DashboardBody"])
    return {"DashboardName": found["DashboardName"], "DashboardBody": asked["DashboardBody"] if same else "another"}


def stack(clients: Clients, name: str, asked: Properties) -> Properties | None:
    [found] = clients("cloudformation").describe_stacks(StackName=name)["Stacks"]
    if found["StackStatus"] == "DELETE_COMPLETE":  # by its id, a stack is remembered
        return None
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in found["Parameters"]}
    return {"Parameters": {key: parameters.get(key) for key in asked["Parameters"]}}


#: How each type is read back. What is not among these or the following fails the trial by its name.
READERS: Mapping[str, Reader] = {
    "AWS::ApiGateway::Account": api_readers.api_account,
    "AWS::ApiGateway::ApiKey": api_readers.api_key,
    "AWS::ApiGateway::GatewayResponse": api_readers.gateway_response,
    "AWS::ApiGateway::RestApi": api_readers.rest_api,
    "AWS::ApiGateway::Stage": api_readers.stage,
    "AWS::ApiGateway::UsagePlan": api_readers.usage_plan,
    "AWS::ApiGateway::UsagePlanKey": api_readers.usage_plan_key,
    "AWS::CloudFormation::Stack": stack,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::DynamoDB::Table": table,
    "AWS::IAM::Role": role,
    "AWS::KMS::Key": key,
    "AWS::Lambda::Alias": alias,
    "AWS::Lambda::Function": function,
    "AWS::Lambda::LayerVersion": layer,
    "AWS::Lambda::Permission": permission,
    "AWS::Logs::LogGroup": log_group,
    "AWS::Logs::MetricFilter": metric_filter,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
}
#: What has nothing of its own to compare.
NOT_READ: Mapping[str, str] = {
    "AWS::ApiGateway::Deployment": "the stage and HTTP through it tell",
    "AWS::Lambda::Version": "the alias names it",
}


def asked_for(kind: str, properties: Properties) -> Properties:
    """PURE: the template's properties, and what its OpenAPI definition says where the service tells it apart."""
    if kind == "AWS::ApiGateway::RestApi" and "Body" in properties:
        return {**properties, "Methods": api_readers.methods_asked(properties["Body"])}
    return properties


def read(clients: Clients, kind: str, physical: str, asked: Properties) -> Properties | None:
    """The resource's properties as the service tells them; None when the service knows no such resource."""
    try:
        return READERS[kind](clients, physical, asked)
    except ClientError as error:
        if "NotFound" in error.response["Error"]["Code"] or "NoSuchEntity" in error.response["Error"]["Code"]:
            return None
        raise
