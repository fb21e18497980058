"""fast_imports(): what makes a function's start shorter. The only file that knows the insides of FastAPI and pydantic.

Each trick is for modules as they are today, so each looks whether what it changes is there, and does nothing where it
isn't; tests notice. FastAPI and pydantic are imported when the application is about to.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from observability.tricks import Trick, tricks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["fast_imports"]

_METADATA = "importlib.metadata"
_PLUGINS = "pydantic"
"""The entry point group by which packages offer plugins to pydantic (its documentation, "Plugins")."""


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
        yield _import_fastapi(wanted) | (wanted & {Trick.COLLECTOR, Trick.PRIME})
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
                window.enter_context(_metadata_later())
                import pydantic.plugin._loader  # noqa: F401, PLC0415 (it takes entry_points along)

                used.add(Trick.PLUGINS)
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


@contextmanager
def _metadata_later() -> Iterator[None]:
    """importlib.metadata is loaded when it is called. pydantic imports it for a version that is seldom asked for,
    and to look for plugins among all that is installed: whether there is any is quicker to see.
    """
    if _METADATA in sys.modules:
        yield
        return
    placeholder = _Placeholder(_METADATA)
    sys.modules[_METADATA] = placeholder
    try:
        yield
    finally:
        if sys.modules.get(_METADATA) is placeholder:
            del sys.modules[_METADATA]


class _Placeholder(ModuleType):
    """importlib.metadata for who only takes functions along; any other name loads the real one."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        # A package: `from ... import` asks for this, and must not be answered by loading the real one.
        self.__path__ = [f"{place}/metadata" for place in importlib.__path__]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real(), name)

    def version(self, distribution_name: str) -> str:
        return str(self._real().version(distribution_name))

    def entry_points(self, **select: Any) -> Any:
        nothing = select == {"group": _PLUGINS} and not _offers(_PLUGINS, sys.path)
        return () if nothing else self._real().entry_points(**select)

    def _real(self) -> ModuleType:
        if sys.modules.get(_METADATA) is self:
            del sys.modules[_METADATA]
        return importlib.import_module(_METADATA)


def _offers(group: str, places: list[str]) -> bool:
    """Whether a package in one of the places on the import path may have entry points of the group (entry points
    specification, "File format"). True where that isn't seen at once: in a zip file.
    """
    heading = f"[{group}]".encode()
    for place in places:
        try:
            names = os.listdir(place or ".")  # noqa: PTH208 (pathlib is slow to import)
        except FileNotFoundError:
            continue
        except OSError:
            return True
        for name in names:
            if name.endswith((".dist-info", ".egg-info")) and heading in _content(f"{place}/{name}/entry_points.txt"):
                return True
    return False


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (pathlib is slow to import, and this is cold start)
            return file.read()
    except OSError:
        return b""
