"""PURE: a function's configuration -> what its page shows. Source: the API's page of GetFunctionConfiguration."""

from collections.abc import Iterator, Mapping
from typing import Any

from local.viewer.formats import size


def log_group(configuration: Mapping[str, Any]) -> str:
    """Where it says that it logs, else where functions do that say nothing."""
    said = (configuration.get("LoggingConfig") or {}).get("LogGroup")
    return said or f"/aws/lambda/{configuration.get('FunctionName', '')}"


def entries(configuration: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and values. Of the environment the names alone: values may be secrets, and a screen is looked at."""
    for name, value in _entries(configuration):
        if value not in (None, ""):
            yield name, str(value)


def _entries(one: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    logging = one.get("LoggingConfig") or {}
    yield "State", " ".join(filter(None, (one.get("State"), one.get("StateReason"))))
    yield "Last update", " ".join(filter(None, (one.get("LastUpdateStatus"), one.get("LastUpdateStatusReason"))))
    yield "Modified", one.get("LastModified")
    yield "Version", one.get("Version")
    yield "Runtime", one.get("Runtime") or one.get("PackageType")
    yield "Handler", one.get("Handler")
    yield "Architecture", ", ".join(one.get("Architectures") or ())
    yield "Memory", f"{one['MemorySize']} MB" if one.get("MemorySize") else None
    yield "Timeout", f"{one['Timeout']} s" if one.get("Timeout") else None
    yield "Code", size(one["CodeSize"]) if one.get("CodeSize") else None
    yield "Temporary storage", _megabytes((one.get("EphemeralStorage") or {}).get("Size"))
    yield "Tracing", (one.get("TracingConfig") or {}).get("Mode")
    yield "SnapStart", (one.get("SnapStart") or {}).get("ApplyOn")
    yield "Layers", ", ".join(str(layer.get("Arn", "")) for layer in one.get("Layers") or ())
    yield "Log format", logging.get("LogFormat")
    yield "Log group", log_group(one)
    yield "Environment", ", ".join(sorted((one.get("Environment") or {}).get("Variables") or ()))
    yield "ARN", one.get("FunctionArn")


def _megabytes(count: Any) -> str | None:
    return f"{count} MB" if count else None
