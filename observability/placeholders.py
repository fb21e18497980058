"""Modules that are loaded when they are needed: something stands in their place while others are imported."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLUGINS = "pydantic"
"""The entry point group by which packages offer plugins to pydantic (its documentation, "Plugins")."""


class Placeholder(ModuleType):
    """A module for who only takes its `functions` along, which load it when they are called. Any other name of the
    module loads it at once.
    """

    def __init__(self, name: str, *functions: str) -> None:
        super().__init__(name)
        for function in functions:
            setattr(self, function, self._calling(function))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asks for __path__: this is no package
            raise AttributeError(name)
        return getattr(self.real(), name)

    def real(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)

    def _calling(self, function: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(self.real(), function)(*args, **kwargs)

        return call


@contextmanager
def standing_in(*placeholders: Placeholder) -> Iterator[None]:
    """Each is imported instead of its module meanwhile, if that isn't loaded yet; afterwards the module is again."""
    used = [one for one in placeholders if one.__name__ not in sys.modules]
    sys.modules.update((one.__name__, one) for one in used)
    try:
        yield
    finally:
        for one in used:
            if sys.modules.get(one.__name__) is one:
                del sys.modules[one.__name__]


def seldom_needed() -> list[Placeholder]:
    """What Starlette and pydantic import for forms with files, pages for debugging, the phrases of statuses, cookies,
    ranges of files and secrets that are compared: 5 % of a start.
    """
    import http  # noqa: PLC0415 (its package, which is small)

    client, cookies = Placeholder("http.client"), Placeholder("http.cookies")
    client.__dict__["responses"] = {status.value: status.phrase for status in http.HTTPStatus}
    for module in (client, cookies):
        if module.__name__ not in sys.modules:
            http.__dict__[module.__name__.removeprefix("http.")] = module  # as an import would do; the real one's will
    return [
        Placeholder("tempfile", "SpooledTemporaryFile"),
        Placeholder("html", "escape"),
        Placeholder("secrets", "token_hex", "compare_digest"),
        Placeholder("hashlib", "md5"),
        client,
        cookies,
    ]


class _Transfers(Placeholder):
    """s3transfer.manager, for boto3.compat: it only wants to know of TransferConfig whether it has UNSET_DEFAULT. Who
    really transfers files gets the module.
    """

    def __getattr__(self, name: str) -> Any:
        asker = sys._getframe(1).f_globals.get("__name__")  # noqa: SLF001 (the one way to know)
        if name == "TransferConfig" and asker == _ASKER and (source := _source(f"{_TRANSFERS}.py")):
            return type(name, (), {_ASKED: None} if _ASKED.encode() in source else {})
        return super().__getattr__(name)


_TRANSFERS, _ASKER, _ASKED = "s3transfer/manager", "boto3.compat", "UNSET_DEFAULT"


def transfers() -> Placeholder:
    """boto3 loads s3transfer, and with it multiprocessing, for one look at it: 3 % of a start with boto3."""
    return _Transfers(_TRANSFERS.replace("/", "."))


def _source(path: str) -> bytes:
    """Of a module on the import path; nothing where there is none, or none that can be read."""
    return next((content for place in sys.path if (content := _content(f"{place or '.'}/{path}"))), b"")


def metadata() -> Placeholder:
    """importlib.metadata: pydantic imports it for a version that is seldom asked for, and to look for plugins among
    all that is installed. Whether there are any is quicker to see.
    """
    placeholder = Placeholder("importlib.metadata", "version")
    placeholder.__path__ = [f"{place}/metadata" for place in importlib.__path__]

    def entry_points(**select: Any) -> Any:
        nothing = select == {"group": _PLUGINS} and not _offers(_PLUGINS, sys.path)
        return () if nothing else placeholder.real().entry_points(**select)

    placeholder.__dict__["entry_points"] = entry_points
    return placeholder


def _offers(group: str, places: list[str]) -> bool:
    """Whether a package in one of the places on the import path may have entry points of the group (entry points
    specification, "File format"). True where that isn't seen at once: in a zip file.
    """
    heading = f"[{group}]".encode()
    for place in places:
        try:
            names = os.listdir(place or ".")  # noqa: PTH208 (pathlib is slow to import, and this is cold start)
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
        with open(path, "rb") as file:  # noqa: PTH123 (as above)
            return file.read()
    except OSError:
        return b""
