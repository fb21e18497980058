"""fast_imports(): what makes a function's start shorter. The only file that knows the insides of FastAPI and pydantic.

Each trick is for modules as they are today, so each looks whether what it changes is there, and does nothing where it
isn't; tests notice. FastAPI and pydantic are imported when the application is about to.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from observability.placeholders import metadata, seldom_needed, standing_in, transfers
from observability.tricks import Trick, tricks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["fast_imports"]


@contextmanager
def fast_imports(environ: Mapping[str, str] | None = None) -> Iterator[frozenset[Trick]]:
    """Import the application, and make the handler, inside this: both then take less time.

    To be entered before anything imports FastAPI, which it imports itself (if it is installed). `environ` holds
    OBSERVABILITY_COLD_START (os.environ). Gives the tricks that are in use. Raises SettingError.
    """
    wanted = tricks((os.environ if environ is None else environ).get("OBSERVABILITY_COLD_START", ""))
    collects = gc.isenabled()
    if Trick.COLLECTOR in wanted:
        gc.disable()
    try:
        with _boto3_without_transfers(wanted) as used:
            yield _import_fastapi(wanted) | used | (wanted & {Trick.COLLECTOR, Trick.PRIME})
    finally:
        if Trick.COLLECTOR in wanted:
            # What was made so far lives as long as the process: no collection needs to walk through it again.
            gc.freeze()
            if collects:
                gc.enable()


def _import_fastapi(wanted: frozenset[Trick]) -> frozenset[Trick]:
    """Imports it with the tricks that still can be used, and says which those are."""
    used: set[Trick] = set()
    with ExitStack() as window:
        try:
            if "pydantic.plugin._loader" not in sys.modules and Trick.PLUGINS in wanted:
                window.enter_context(standing_in(metadata()))
                import pydantic.plugin._loader  # noqa: F401, PLC0415 (it takes entry_points along)

                used.add(Trick.PLUGINS)
            if "starlette" not in sys.modules and Trick.STDLIB in wanted:
                window.enter_context(standing_in(*seldom_needed()))
                used.add(Trick.STDLIB)
            if "fastapi" not in sys.modules and Trick.OPENAPI in wanted:
                window.enter_context(_models_later())
                used.add(Trick.OPENAPI)
            import fastapi  # noqa: F401, PLC0415 (the application's own import, under these conditions)
        except ModuleNotFoundError as missing:
            if missing.name not in ("pydantic", "pydantic.plugin._loader", "fastapi"):
                raise
    if Trick.PYDANTIC_V1 in wanted and _without_pydantic_v1():
        used.add(Trick.PYDANTIC_V1)
    return frozenset(used)


@contextmanager
def _boto3_without_transfers(wanted: frozenset[Trick]) -> Iterator[frozenset[Trick]]:
    """As long as the application is imported: it is the one who imports boto3."""
    if Trick.TRANSFERS not in wanted or "boto3" in sys.modules:
        yield frozenset()
        return
    with standing_in(transfers()):
        yield frozenset({Trick.TRANSFERS})


@contextmanager
def _models_later() -> Iterator[None]:
    """FastAPI's models of an OpenAPI document get their validators when they are used first (pydantic's own
    `defer_build`), and not at the end of their module either.
    """
    from pydantic import BaseModel  # noqa: PLC0415 (before FastAPI, which imports it)

    config, rebuild = BaseModel.model_config, BaseModel.__dict__["model_rebuild"]

    def model_rebuild(cls: type[BaseModel], /, **how: Any) -> bool | None:
        # Without arguments it is a statement at the end of a module; pydantic's own call, at first use, has some.
        result: bool | None = rebuild.__get__(None, cls)(**how) if how else None
        return result

    BaseModel.model_config = {**config, "defer_build": True}
    BaseModel.model_rebuild = classmethod(model_rebuild)  # type: ignore[method-assign, assignment] # until the end of the window
    try:
        yield
    finally:
        BaseModel.model_config = config
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign] # as it was


def _without_pydantic_v1() -> bool:
    """FastAPI loads the whole of pydantic.v1 to ask whether a class is one of its models. While nobody else has
    loaded it, none can be.
    """
    found = False
    for function in ("is_pydantic_v1_model_class", "is_pydantic_v1_model_instance"):
        original = getattr(sys.modules.get("fastapi._compat.shared"), function, None)
        for module in ("fastapi._compat.shared", "fastapi._compat", "fastapi.encoders"):
            if original is not None and getattr(sys.modules.get(module), function, None) is original:
                setattr(sys.modules[module], function, _if_loaded(original))
                found = True
    return found


def _if_loaded(ask: Any) -> Any:
    def is_pydantic_v1(thing: Any) -> bool:
        return "pydantic.v1.main" in sys.modules and ask(thing)

    return is_pydantic_v1
