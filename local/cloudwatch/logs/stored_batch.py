"""PURE: events that are on disk, as those who listen get them."""

from collections.abc import Sequence
from typing import NamedTuple


class StoredBatch(NamedTuple):
    """`events` are of one stream: timestamp in milliseconds since the epoch, and message. `size` is their messages', in
    bytes.
    """

    group: str
    stream: str
    events: Sequence[tuple[int, str]]
    size: int
