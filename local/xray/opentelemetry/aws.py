"""PURE: attributes of a span and of its resource -> the `aws` and `sql` blocks, `origin` and `service`."""

from typing import Any

from local.xray.opentelemetry import semantics as names
from local.xray.opentelemetry.attributes import Attributes, text, without_empty


def aws_block(found: Attributes, resource: Attributes) -> dict[str, Any]:
    """Nothing on another cloud."""
    if text(resource, "cloud.provider") not in ("", "aws"):
        return {}
    called = {
        "account_id": text(found, *names.ACCOUNT) or text(resource, "cloud.account.id"),
        "operation": text(found, *names.OPERATION),
        "region": text(found, *names.REGION),
        "request_id": text(found, *names.REQUEST_ID),
        "queue_url": text(found, *names.QUEUE_URL),
        **_tables(found),
    }
    return without_empty({**called, **_host(resource), "cloudwatch_logs": _logs(resource), "xray": _sdk(resource)})


def sql_block(found: Attributes, span_name: str) -> dict[str, Any]:
    """Of SQL databases only. X-Ray shows `url`: the span's name says more there than a connection string."""
    system = text(found, *names.SYSTEM)
    if system not in names.DATABASES:
        return {}
    connection = text(found, names.CONNECTION) or "localhost"
    block = {
        "url": span_name,
        "connection_string": f"{connection}/{text(found, *names.INSTANCE)}",
        "database_type": system,
        "user": text(found, *names.DATABASE_USER),
        "sanitized_query": text(found, *names.STATEMENT),
    }
    return without_empty(block)


def origin_of(resource: Attributes) -> str:
    if text(resource, "cloud.provider") not in ("", "aws"):
        return ""
    platform = text(resource, "cloud.platform")
    origin = names.ORIGINS.get(platform, "")
    return names.ECS_ORIGINS.get(text(resource, "aws.ecs.launchtype"), origin) if platform == "aws_ecs" else origin


def service_block(resource: Attributes) -> dict[str, str]:
    version = text(resource, "service.version", "container.image.tag")
    return {"version": version} if version else {}


def _tables(found: Attributes) -> dict[str, Any]:
    tables = found.get(names.TABLE_NAMES)
    if isinstance(tables, list) and len(tables) > 1:
        return {"table_names": tables}
    if isinstance(tables, list) and tables:
        return {"table_name": tables[0]}
    return {"table_name": tables if isinstance(tables, str) else text(found, *names.TABLE_NAME)}


def _host(resource: Attributes) -> dict[str, Any]:
    platform, zone = text(resource, "cloud.platform"), text(resource, "cloud.availability_zone")
    instance, cluster = text(resource, "host.id"), text(resource, "k8s.cluster.name")
    blocks: dict[str, Any] = {}
    if platform == "aws_ec2" or instance:
        size, image = text(resource, "host.type"), text(resource, "host.image.id")
        blocks["ec2"] = {"instance_id": instance, "availability_zone": zone, "instance_size": size, "ami_id": image}
    if platform == "aws_ecs":
        blocks["ecs"] = {
            "container": text(resource, "container.name"),
            "container_id": text(resource, "container.id"),
            "availability_zone": zone,
            "container_arn": text(resource, "aws.ecs.container.arn"),
            "cluster_arn": text(resource, "aws.ecs.cluster.arn"),
            "task_arn": text(resource, "aws.ecs.task.arn"),
            "task_family": text(resource, "aws.ecs.task.family"),
            "launch_type": text(resource, "aws.ecs.launchtype"),
        }
    deployment = text(resource, "service.instance.id")
    if platform == "aws_elastic_beanstalk" and deployment:
        blocks["elastic_beanstalk"] = {
            "environment_name": text(resource, "service.namespace"),
            "deployment_id": int(deployment) if deployment.isascii() and deployment.isdecimal() else 0,
            "version_label": text(resource, "service.version"),
        }
    if platform == "aws_eks" or cluster:
        pod, container = text(resource, "k8s.pod.name"), text(resource, "container.id")
        blocks["eks"] = {"cluster_name": cluster, "pod": pod, "container_id": container}
    return {name: without_empty(block) for name, block in blocks.items()}


def _logs(resource: Attributes) -> list[dict[str, str]]:
    """By ARN, else by name; several in one string are parted by &."""
    if arns := _several(resource.get("aws.log.group.arns")):
        return [{"arn": arn, "log_group": (arn.split(":") + [arn] * 7)[6]} for arn in arns]
    return [{"log_group": name} for name in _several(resource.get("aws.log.group.names"))]


def _several(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part for part in value.split("&") if part]
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []


def _sdk(resource: Attributes) -> dict[str, Any]:
    name, language = text(resource, "telemetry.sdk.name"), text(resource, "telemetry.sdk.language")
    suffix = f" for {language}"
    if name and language and not name.lower().endswith(suffix.lower()):
        name += suffix
    automatic = bool(text(resource, "telemetry.auto.version", "telemetry.distro.version"))
    known = without_empty({"sdk": name, "sdk_version": text(resource, "telemetry.sdk.version")})
    return {**known, "auto_instrumentation": automatic} if known else {}
