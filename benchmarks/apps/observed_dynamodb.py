"""As observed.py, with a DynamoDB client made while starting."""

from observability import fast_imports, observe
from observability import lambda_handler as observed_handler

with fast_imports():
    import boto3
    from application import app

    client = boto3.client("dynamodb", region_name="us-east-1")
    observe(app, service="bench")
    lambda_handler = observed_handler(app, prime="/api/health")
