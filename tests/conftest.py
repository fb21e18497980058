"""What each process of a test run does at its end."""

import sys


def pytest_unconfigure() -> None:
    """Close the socket that aws-xray-sdk opens when it is imported, as every worker does that collects its tests."""
    if core := sys.modules.get("aws_xray_sdk.core"):
        core.xray_recorder.emitter._socket.close()  # noqa: SLF001 (it has no other way)
