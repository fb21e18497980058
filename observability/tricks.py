"""PURE: what a cold start may do to be shorter, and the setting that chooses."""

from __future__ import annotations

from enum import Enum

from observability.errors import SettingError


class Trick(Enum):
    """Each can be left out by naming the others in OBSERVABILITY_COLD_START."""

    COLLECTOR = "collector"
    """The garbage collector rests while modules are imported, and never looks at what they made."""
    OPENAPI = "openapi"
    """FastAPI's models of an OpenAPI document get their validators when a document is made."""
    PLUGINS = "plugins"
    """importlib.metadata is not loaded to look for pydantic plugins where a glance shows that there are none."""
    PYDANTIC_V1 = "pydantic-v1"
    """pydantic.v1 is not loaded to see that nobody uses it."""
    STDLIB = "stdlib"
    """Modules of the standard library that only uploads, debug pages, status phrases, cookies, ranges of files and
    secrets that are compared need are loaded for those.
    """
    TRANSFERS = "s3transfer"
    """s3transfer, and multiprocessing with it, is loaded when files are transferred, not when boto3 is imported."""
    PRIME = "prime"
    """lambda_handler() answers one request of its own before the first real one, and leaves no trace of it."""


_ALL = frozenset(Trick)


def tricks(text: str) -> frozenset[Trick]:
    """`all` (as is nothing), `none`, or names separated by commas. Raises SettingError."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if names in ([], ["all"]):
        return _ALL
    if names == ["none"]:
        return frozenset()
    known = {trick.value: trick for trick in Trick}
    for name in names:
        if name not in known:
            raise SettingError("OBSERVABILITY_COLD_START", text, f"all, none, or some of {', '.join(known)}")
    return frozenset(known[name] for name in names)
