"""PURE: lists, a page at a time."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from local.lambda_api.refused import invalid

MOST_ITEMS = 50  # "returns up to 50 items" of the API reference: ListFunctions, ListVersionsByFunction, ListAliases


def page(name: str, items: Sequence[Any], marker: str | None, most: int | None) -> dict[str, Any]:
    """The items from the marker on, under `name`, and NextMarker where there are more. Raises AwsError."""
    start = 0 if marker is None else _position(marker)
    end = start + min(most or MOST_ITEMS, MOST_ITEMS)
    more = {"NextMarker": _marker(end)} if end < len(items) else {}
    return {name: list(items[start:end]), **more}


def _marker(position: int) -> str:
    return base64.urlsafe_b64encode(f"from {position}".encode()).decode()


def _position(marker: str) -> int:
    try:
        word, number = base64.urlsafe_b64decode(marker.encode("ascii")).decode("ascii").split()
        if word == "from" and number.isdigit() and len(number) < 10:
            return int(number)
    except (ValueError, binascii.Error):
        pass
    raise invalid(f"Marker: {marker[:100]!r} is none that was given out as NextMarker")
