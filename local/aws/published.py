"""PURE: the metrics that API Gateway and Lambda publish of what they do.

Sources: the AWS pages "Amazon API Gateway dimensions and metrics", "Types of metrics for Lambda functions",
"Monitoring concurrency" and "View metrics for Lambda functions".
"""

from collections.abc import Iterator

from local.aws.gathered import Dimensions, Measurement
from local.aws.messages import Configuration, GatewayRequest
from local.lambda_runtime.measured import Measured

API_GATEWAY, LAMBDA = "AWS/ApiGateway", "AWS/Lambda"
COUNT, MILLISECONDS, NO_UNIT = "Count", "Milliseconds", "None"


def gateway_measurements(request: GatewayRequest) -> Iterator[Measurement]:
    """4XXError and 5XXError are 0 or 1 of each request: their Average is the rate of errors, its denominator Count."""
    yield Measurement("Count", COUNT, 1)
    yield Measurement("4XXError", COUNT, int(400 <= request.status < 500))
    yield Measurement("5XXError", COUNT, int(request.status >= 500))
    yield Measurement("Latency", MILLISECONDS, round(request.latency_ms))
    if request.integration_ms is not None:
        yield Measurement("IntegrationLatency", MILLISECONDS, round(request.integration_ms))


def gateway_dimensions(request: GatewayRequest, api: Configuration) -> list[Dimensions]:
    """By API; by API and stage; with detailed metrics by method too, of requests that met one."""
    # "API Gateway removes non-ASCII characters"; of a name that has no others the id is left.
    name, stage = api.api.encode("ascii", "ignore").decode() or api.api_id, api.stage
    found: list[Dimensions] = [(("ApiName", name),), (("ApiName", name), ("Stage", stage))]
    if api.detailed_metrics and request.resource is not None:
        method = (("Method", request.method), ("Resource", request.resource))
        found.append((("ApiName", name), *method, ("Stage", stage)))
    return found


def lambda_measurements(invocation: Measured) -> Iterator[Measurement]:
    """Invocation metrics are 0 or 1; an invocation that was throttled is none: of it there is Throttles alone."""
    yield Measurement("Throttles", COUNT, int(invocation.throttled))
    yield Measurement("ConcurrentExecutions", COUNT, invocation.concurrency)
    if invocation.throttled:
        return
    yield Measurement("Invocations", COUNT, 1)
    yield Measurement("Errors", COUNT, int(invocation.failed))
    yield Measurement("Duration", MILLISECONDS, round(invocation.duration_ms, 2))


def provisioned_measurements(invocation: Measured) -> Iterator[Measurement]:
    """Of a version or alias that has provisioned concurrency, and of no other."""
    if invocation.throttled or not invocation.allocated:
        return
    yield Measurement("ProvisionedConcurrencyInvocations", COUNT, int(invocation.provisioned))
    yield Measurement("ProvisionedConcurrencySpilloverInvocations", COUNT, int(not invocation.provisioned))
    yield Measurement("ProvisionedConcurrentExecutions", COUNT, invocation.busy)
    yield Measurement("ProvisionedConcurrencyUtilization", NO_UNIT, invocation.busy / invocation.allocated)


def lambda_dimensions(invocation: Measured) -> list[Dimensions]:
    """Across all functions; by function; by the name that it was invoked by; of an alias's by the version too."""
    named = provisioned_dimensions(invocation)
    found: list[Dimensions] = [(), named[:1], named]
    if invocation.executed_version:
        found.append((("ExecutedVersion", invocation.executed_version), *named))
    return found


def provisioned_dimensions(invocation: Measured) -> Dimensions:
    """By the name that it was invoked by, and by nothing else."""
    return (("FunctionName", invocation.function), ("Resource", invocation.resource))
