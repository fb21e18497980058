"""The alias that the API invokes, moved to what the function is now, as `sam deploy` moves it."""

from typing import Any


def show_latest(function_api: Any, function: str) -> str:
    """The version that the alias `live` shows then. An update of the function must not be in progress."""
    version = str(function_api.publish_version(FunctionName=function)["Version"])
    function_api.update_alias(FunctionName=function, Name="live", FunctionVersion=version)
    return version
