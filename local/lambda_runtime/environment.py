"""PURE: the environment of a sandbox: Lambda's, and nothing of the user's own.

Source: the AWS page "Using Lambda environment variables", "Defined runtime environment variables".
"""

import os
from dataclasses import dataclass
from pathlib import Path

from local.lambda_runtime.function import Code, FunctionConfig
from local.lambda_runtime.reports import InitType


@dataclass(frozen=True, slots=True)
class Place:
    """What one sandbox does not share with the function's other sandboxes."""

    init_type: InitType
    runtime_api: str
    log_stream: str
    daemon_address: str | None = None


def sandbox_environment(config: FunctionConfig, code: Code, place: Place) -> dict[str, str]:
    """The whole environment of a sandbox: the function's own variables go over what Lambda lets them change."""
    variables = _changeable(code, place) | dict(config.environment)
    variables["PYTHONPATH"] = _path(config.environment.get("PYTHONPATH"), *_import_roots(code))
    return variables | _fixed(config, code, place)


def log_group(config: FunctionConfig) -> str:
    return config.log_group or f"/aws/lambda/{config.name}"


def _changeable(code: Code, place: Place) -> dict[str, str]:
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": _path(code.interpreter.parent, "/usr/local/bin", "/usr/bin", "/bin"),
        "LD_LIBRARY_PATH": _path(
            code.task_root, code.task_root / "lib", *(root.parent / "lib" for root in code.layers)
        ),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        **_daemon(place.daemon_address),
    }


def _daemon(address: str | None) -> dict[str, str]:
    if address is None:
        return {}
    host, _, port = address.rpartition(":")
    return {"AWS_XRAY_DAEMON_ADDRESS": address, "_AWS_XRAY_DAEMON_ADDRESS": host, "_AWS_XRAY_DAEMON_PORT": port}


def _fixed(config: FunctionConfig, code: Code, place: Place) -> dict[str, str]:
    runtime_dir = code.runtime_path[0] if code.runtime_path else code.interpreter.parent
    variables = {
        "_HANDLER": config.handler,
        "AWS_REGION": config.region,
        "AWS_DEFAULT_REGION": config.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": config.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": config.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": place.init_type,
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group(config),
        "AWS_LAMBDA_LOG_STREAM_NAME": place.log_stream,
        "AWS_LAMBDA_RUNTIME_API": place.runtime_api,
        "LAMBDA_TASK_ROOT": str(code.task_root),
        "LAMBDA_RUNTIME_DIR": str(runtime_dir),
        # Names of nobody: they let boto3 sign, and no AWS account takes them.
        "AWS_ACCESS_KEY_ID": "ASIALOCALLOCALLOCAL0",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_SAM_LOCAL": "true",
    }
    if config.log_format == "JSON":
        variables["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        variables.setdefault("AWS_LAMBDA_LOG_LEVEL", config.environment.get("AWS_LAMBDA_LOG_LEVEL", "INFO"))
    return variables


def _import_roots(code: Code) -> tuple[Path, ...]:
    return (code.task_root, *code.layers, *code.runtime_path)


def _path(*parts: str | Path | None) -> str:
    return os.pathsep.join(str(part) for part in parts if part)
