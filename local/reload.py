"""Watches the code and the template, and says what changed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from local.errors import StartError

Changed = Callable[[list[Path]], Awaitable[None]]


class _Sources(DefaultFilter):
    """Python files below the watched folders; of the flat ones (the template's) only the files that were named."""

    def __init__(self, files: frozenset[str]) -> None:
        super().__init__()
        self._files = files

    def __call__(self, change: Change, path: str) -> bool:
        if self._files:
            return path in self._files
        return path.endswith(".py") and super().__call__(change, path)


class Watcher:
    """Calls `changed` with the paths of each batch of edits, from start() to stop()."""

    def __init__(self, folders: Iterable[Path], files: Iterable[Path], changed: Changed) -> None:
        self._folders = [folder for folder in folders if folder.is_dir()]
        self._files = frozenset(str(file) for file in files)
        self._changed = changed
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Raises StartError when the operating system watches no more files."""
        if self._folders:
            self._tasks.append(asyncio.create_task(self._watch(self._folders, _Sources(frozenset()), deep=True)))
        if self._files:
            # Their folders, not the files: an editor that replaces a file would end a watch on the file itself.
            parents = sorted({Path(file).parent for file in self._files})
            self._tasks.append(asyncio.create_task(self._watch(parents, _Sources(self._files), deep=False)))
        # Their first step takes up the watch: an edit after start() is seen.
        await asyncio.sleep(0)
        for task in self._tasks:
            if task.done() and (error := task.exception()):
                raise StartError(f"the code cannot be watched ({error}); LOCAL_RELOAD=off does without")

    async def stop(self) -> None:
        self._stop.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _watch(self, paths: list[Path], sources: _Sources, *, deep: bool) -> None:
        async for changes in awatch(
            *paths, watch_filter=sources, recursive=deep, stop_event=self._stop, step=50, debounce=500
        ):
            await self._changed(sorted({Path(path) for _, path in changes}))


def watched(code_root: Path, handler: str, names: Iterable[str]) -> tuple[list[Path], list[Path]]:
    """(folders, files) to watch: the handler's own package or module, and `names` below the code root."""
    own = handler.rpartition(".")[0].replace("/", ".").partition(".")[0]
    folders = [code_root / name for name in dict.fromkeys([own, *names])]
    module = code_root / f"{own}.py"
    return folders, [module] if module.is_file() else []
