"""PURE: what Lambda refuses of a function's configuration, refused here with the same reasons.

Sources: the AWS pages "Using Lambda environment variables", "Lambda quotas" and the Lambda API's CreateFunction.
"""

import re
from collections.abc import Mapping

from local.errors import TemplateError
from local.lambda_runtime.function import FunctionConfig

MEMORY_MB = range(128, 10_240 + 1)
LONGEST_TIMEOUT_S = 900
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)
SIZE_LIMIT_BYTES = 4096  # "Environment variables: 4 KB, for all together" of the AWS page "Lambda quotas"
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")


def check_config(config: FunctionConfig) -> None:
    """Raises TemplateError where Lambda would not take the configuration."""
    if config.memory_mb not in MEMORY_MB:
        raise TemplateError(f"MemorySize: {config.memory_mb}; it must be from 128 to 10240 (MB)")
    if not 0 < config.timeout_s <= LONGEST_TIMEOUT_S:
        raise TemplateError(f"Timeout: {config.timeout_s:g}; it must be from 1 to {LONGEST_TIMEOUT_S} (seconds)")
    reserved, provisioned = config.reserved_concurrency, config.provisioned_concurrency
    if reserved is not None and provisioned > reserved:
        raise TemplateError(
            f"ProvisionedConcurrentExecutions: {provisioned}; it must not be more than the function's "
            f"ReservedConcurrentExecutions, {reserved}"
        )
    check_variables(config.environment)


def check_variables(variables: Mapping[str, str]) -> None:
    """Refuses what Lambda refuses: reserved names, names it can't set, more than 4 KB. Raises TemplateError."""
    reserved = sorted(RESERVED & variables.keys())
    if reserved:
        names = ", ".join(reserved)
        raise TemplateError(
            f"Environment.Variables: {names}: reserved by Lambda, which sets them itself; take them out"
        )
    for name in variables:
        if not NAME.fullmatch(name):
            raise TemplateError(
                f"Environment.Variables: {name!r}: a name starts with a letter, has at least two characters and only "
                "letters, digits and underscores"
            )
    size = sum(len(name.encode()) + len(value.encode()) for name, value in variables.items())
    if size > SIZE_LIMIT_BYTES:
        raise TemplateError(f"Environment.Variables: {size} bytes together; Lambda takes at most {SIZE_LIMIT_BYTES}")
