"""Exceptions -> X-Ray's `cause` (X-Ray segment documents, "Exceptions"). PURE: entropy is an argument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from observability.deadline import NearTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_FRAMES = 50
_MOST_EXCEPTIONS = 5
_LONGEST_MESSAGE = 2_000


class Causes:
    """Describes an exception where it is met first; further out, its id alone says that it is the same one."""

    def __init__(self, entropy: Callable[[int], bytes], redact: Callable[[str], str] = str) -> None:
        self._entropy = entropy
        self._redact = redact
        self._known: dict[int, str] = {}

    def of(self, error: BaseException) -> dict[str, Any] | str:
        known = self._known.get(id(error))
        if known is not None:
            return known
        chain = list(_chain(error))
        ids = [self._entropy(8).hex() for _ in chain]
        self._known[id(error)] = ids[0]
        described = [_describe(one, one_id, self._redact) for one, one_id in zip(chain, ids, strict=True)]
        for one, next_id in zip(described, ids[1:], strict=False):
            one["cause"] = next_id
        return {"exceptions": described}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what it came from, as Python would print them."""
    seen: list[int] = []
    while error is not None and id(error) not in seen and len(seen) < _MOST_EXCEPTIONS:
        yield error
        seen.append(id(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _describe(error: BaseException, error_id: str, redact: Callable[[str], str]) -> dict[str, Any]:
    frames = _frames(error)
    found: dict[str, Any] = {
        "id": error_id,
        "type": type(error).__qualname__,
        "message": redact(message(error))[:_LONGEST_MESSAGE],
        "stack": frames[-_MOST_FRAMES:],
    }
    if len(frames) > _MOST_FRAMES:
        found["truncated"] = len(frames) - _MOST_FRAMES
    return found


def _frames(error: BaseException) -> list[dict[str, Any]]:
    """From the outermost call to the one that raised, as the X-Ray SDK for Python writes them."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append({"path": code.co_filename, "line": trace.tb_lineno, "label": code.co_name})
        trace = trace.tb_next
    return frames


def message(error: BaseException) -> str:
    """The exception's text, which is what it is: an exception's own __str__ may raise anything."""
    try:
        return str(error).encode("utf-8", "replace").decode()
    except Exception as broken:  # noqa: BLE001 (see above)
        return f"(unprintable: {type(broken).__name__})"


def stack_text(error: BaseException) -> str:
    """The exception's stack as Python prints it; where a request hangs, without the source's lines: no time to read."""
    if isinstance(error, NearTimeoutError):
        return error.stack
    from traceback import format_exception  # noqa: PLC0415 (most processes never see a fault)

    return "".join(format_exception(error))
