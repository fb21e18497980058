"""What a sandbox writes on its standard output and standard error, line by line."""

import asyncio
import contextlib
import fcntl
import os
import struct
import sys
import termios
from collections.abc import Callable

LINE_LIMIT_BYTES = 1024 * 1024  # a CloudWatch log event is at most 1 MB; a longer line becomes several events
PIPE_BYTES = 1024 * 1024  # the most that Linux lets a process without privileges ask for


class LineSplitter:
    """PURE: bytes as they come, to lines of text. Invalid UTF-8 is replaced, an over-long line is cut into several."""

    def __init__(self, limit: int = LINE_LIMIT_BYTES) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[str]:
        *ended, rest = data.split(b"\n")
        lines = []
        for piece in ended:
            self._pieces.append(piece)
            lines += self._take()
        if rest:
            self._pieces.append(rest)
            self._size += len(rest)
        if self._size > self._limit:
            whole, self._pieces, self._size = b"".join(self._pieces), [], 0
            keep = len(whole) - len(whole) % self._limit
            lines += [_text(whole[at : at + self._limit]) for at in range(0, keep, self._limit)]
            if whole[keep:]:
                self._pieces, self._size = [whole[keep:]], len(whole) - keep
        return lines

    def rest(self) -> list[str]:
        """The last line, which has no end, if there is one."""
        return self._take() if self._pieces else []

    def _take(self) -> list[str]:
        whole, self._pieces, self._size = b"".join(self._pieces), [], 0
        return [_text(whole[at : at + self._limit]) for at in range(0, len(whole) or 1, self._limit)]


def _text(line: bytes) -> str:
    """The runtime client ends the lines inside one event (a stack trace) by carriage returns."""
    return line.decode("utf-8", "replace").rstrip("\r").replace("\r", "\n")


class OutputPipe:
    """The pipe that a sandbox writes to: `write_end` is for the process, `put` gets each line."""

    def __init__(self, put: Callable[[str], None]) -> None:
        self._put = put
        self._lines = LineSplitter()
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # over the user's limit for pipes: the default size does too
                fcntl.fcntl(self._read_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        asyncio.get_running_loop().add_reader(self._read_end, self._read)

    def close_write_end(self) -> None:
        """The process has its own copy now."""
        os.close(self.write_end)

    def drain(self) -> None:
        """Puts all that was written until now, the unfinished last line included."""
        waiting = struct.unpack("i", fcntl.ioctl(self._read_end, termios.FIONREAD, b"\0\0\0\0"))[0]
        while waiting > 0:
            got = self._read()
            if not got:
                break
            waiting -= got
        for line in self._lines.rest():
            self._put(line)

    def close(self) -> None:
        self.drain()
        asyncio.get_running_loop().remove_reader(self._read_end)
        os.close(self._read_end)

    def _read(self) -> int:
        try:
            data = os.read(self._read_end, PIPE_BYTES)
        except BlockingIOError:
            return 0
        if not data:  # every writer is gone; close() follows
            asyncio.get_running_loop().remove_reader(self._read_end)
        for line in self._lines.feed(data):
            self._put(line)
        return len(data)
