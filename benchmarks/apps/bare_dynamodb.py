"""As bare.py, with a DynamoDB client made while starting."""

import boto3
from application import app
from mangum import Mangum

client = boto3.client("dynamodb", region_name="us-east-1")
lambda_handler = Mangum(app, lifespan="off")
