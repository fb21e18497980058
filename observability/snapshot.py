"""SnapStart: one process is started, and its memory restored into many (Lambda developer guide, "Improving startup
performance with Lambda SnapStart"). What must not be shared is let go of before, and what counts once starts anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from observability.errors import NotObservedError
from observability.observer import of

if TYPE_CHECKING:
    from collections.abc import Callable

    from observability.observer import Observer

__all__ = ["after_restore", "before_snapshot"]

SNAP_START = "snap-start"


def before_snapshot(app: Any, do: Callable[[], object]) -> bool:
    """Lets `do` be called before the snapshot of the observed application's process is taken: close connections here,
    they would be dead in every restored process. Says whether there will be a snapshot. Raises NotObservedError.
    """
    return _register(_observer(app, "before_snapshot()"), "register_before_snapshot", do)


def after_restore(app: Any, do: Callable[[], object]) -> bool:
    """Lets `do` be called in each restored process, before its first request. Otherwise as before_snapshot()."""
    return _register(_observer(app, "after_restore()"), "register_after_restore", do)


def protect(observer: Observer) -> bool:
    """Makes the library itself safe: no socket is in the snapshot, and each restored process is cold once."""
    _register(observer, "register_before_snapshot", observer.disconnect)
    return _register(observer, "register_after_restore", observer.restored)


def _observer(app: Any, what: str) -> Observer:
    observer = of(app)
    if observer is None:
        raise NotObservedError(what)
    return observer


def _register(observer: Observer, how: str, do: Callable[[], object]) -> bool:
    if observer.settings.initialization_type != SNAP_START:
        return False
    try:
        import snapshot_restore_py  # noqa: PLC0415 (a part of Lambda's runtime, from Python 3.12 on)
    except ImportError:
        return False
    getattr(snapshot_restore_py, how)(do)
    return True
