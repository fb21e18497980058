"""PURE: a link in the format of lambda-power-tuning.show.

What follows the # is three lists in base64, parted by semicolons: memory sizes in MB as 16-bit integers, mean times in
ms and mean costs in dollars as 32-bit floats, little-endian, as aws-lambda-power-tuning's buildVisualizationURL writes
them. What follows the # stays in the browser.
"""

import struct
from base64 import b64encode
from collections.abc import Sequence

PAGE = "https://lambda-power-tuning.show/"


def link(rows: Sequence[tuple[int, float, float]]) -> str:
    """Rows of (MB, ms, dollars a request), in any order."""
    ordered = sorted(rows)
    parts = [
        struct.pack(f"<{len(ordered)}h", *(size for size, _, _ in ordered)),
        struct.pack(f"<{len(ordered)}f", *(time for _, time, _ in ordered)),
        struct.pack(f"<{len(ordered)}f", *(cost for _, _, cost in ordered)),
    ]
    return f"{PAGE}#{';'.join(b64encode(part).decode() for part in parts)}"
