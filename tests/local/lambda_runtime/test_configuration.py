from dataclasses import replace

import pytest

from local.errors import TemplateError
from local.lambda_runtime import FunctionConfig
from local.lambda_runtime.configuration import check_config

CONFIG = FunctionConfig("items", "app.handler")


@pytest.mark.parametrize("memory_mb", [127, 10_241, 0, -1])
def test_a_memory_size_that_lambda_has_not_is_refused(memory_mb: int) -> None:
    """128 MB to 10,240 MB (AWS page "Configure Lambda function memory")."""
    with pytest.raises(TemplateError, match=f"MemorySize: {memory_mb}; it must be from 128 to 10240"):
        check_config(replace(CONFIG, memory_mb=memory_mb))


@pytest.mark.parametrize("memory_mb", [128, 1769, 10_240])
def test_every_memory_size_between_is_taken(memory_mb: int) -> None:
    """The ends are part of it."""
    check_config(replace(CONFIG, memory_mb=memory_mb))


@pytest.mark.parametrize("timeout_s", [0, -1, 901])
def test_a_timeout_over_15_minutes_or_under_none_is_refused(timeout_s: float) -> None:
    """At most 900 seconds (AWS page "Lambda quotas")."""
    with pytest.raises(TemplateError, match=f"Timeout: {timeout_s}; it must be from 1 to 900"):
        check_config(replace(CONFIG, timeout_s=timeout_s))


def test_more_provisioned_than_reserved_is_refused() -> None:
    """Provisioned concurrency counts towards the reserved one (AWS page "Configuring provisioned concurrency")."""
    check_config(replace(CONFIG, reserved_concurrency=2, provisioned_concurrency=2))
    with pytest.raises(TemplateError, match=r"ProvisionedConcurrentExecutions: 3; .* ReservedConcurrentExecutions, 2"):
        check_config(replace(CONFIG, reserved_concurrency=2, provisioned_concurrency=3))
