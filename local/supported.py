"""PURE: which parts of a template are run here, which need nothing, and which are refused."""

FUNCTION, API = "AWS::Serverless::Function", "AWS::Serverless::Api"
# Kinds that need nothing to run: they are permissions, names, or what local/ does by itself.
SILENT = frozenset(
    {
        API,
        FUNCTION,
        "AWS::CloudFormation::Stack",  # local/monitoring loads it, and says what it doesn't
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Topic",
        "AWS::Serverless::LayerVersion",
        "AWS::XRay::Group",
        "AWS::XRay::SamplingRule",
    }
)
# Kinds that are permissions alone: nothing of them could run.
PERMISSIONS = frozenset({"AWS::ApiGateway::Account", "AWS::KMS::Key", "AWS::SNS::TopicPolicy"})
# Where a resource that the function's environment names can be reached all the same, if the user says so.
ENDPOINTS = {
    "AWS::DynamoDB::GlobalTable": "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS::DynamoDB::Table": "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS::S3::Bucket": "AWS_ENDPOINT_URL_S3",
    "AWS::SNS::Topic": "AWS_ENDPOINT_URL_SNS",
    "AWS::SQS::Queue": "AWS_ENDPOINT_URL_SQS",
    "AWS::SecretsManager::Secret": "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "AWS::SSM::Parameter": "AWS_ENDPOINT_URL_SSM",
}
ANY_ENDPOINT = "AWS_ENDPOINT_URL"
# Properties whose meaning is kept here.
FUNCTION_KEPT = frozenset(
    {
        "AutoPublishAlias",
        "CodeUri",
        "Environment",
        "Events",
        "FunctionName",
        "Handler",
        "Layers",
        "LoggingConfig",
        "MemorySize",
        "ProvisionedConcurrencyConfig",
        "ReservedConcurrentExecutions",
        "Runtime",
        "Timeout",
        "Tracing",
    }
)
# Properties that change nothing on a laptop: deployment, permissions, words.
FUNCTION_SILENT = frozenset(
    {
        "Architectures",
        "AutoPublishAliasAllProperties",
        "DeploymentPreference",
        "Description",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "Role",
        "Tags",
        "VersionDescription",
    }
)
# Without these the function or the API would not be what is deployed: refused.
FUNCTION_REFUSED = frozenset({"ImageConfig", "ImageUri", "InlineCode", "PackageType"})
API_REFUSED = frozenset({"Auth", "Cors", "DefinitionUri", "Models"})
API_KEPT = frozenset(
    {
        "AccessLogSetting",
        "BinaryMediaTypes",
        "DefinitionBody",
        "GatewayResponses",
        "MethodSettings",
        "Name",
        "StageName",
        "TracingEnabled",
        "Variables",
    }
)
# Properties of the API that change nothing on a laptop.
API_SILENT = frozenset({"AlwaysDeploy", "Description", "EndpointConfiguration", "OpenApiVersion", "Tags"})
