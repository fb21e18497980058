"""The idiom of Powertools for AWS Lambda: Logger, Metrics and Tracer around Mangum (its documentation, "Core")."""

from typing import Any

from application import app
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from mangum import Mangum

logger = Logger(service="bench")
metrics = Metrics(namespace="bench", service="bench")
tracer = Tracer(service="bench")
answer = Mangum(app, lifespan="off")


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    answered = answer(event, context)
    metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
    logger.info("request", extra={"path": event["path"], "status": answered["statusCode"]})
    return answered
