"""PURE: timestamps as AWS's protocols write them, to aware datetimes (UTC) and back.

Source: the Smithy page "Timestamp serialization and deserialization": epoch-seconds, date-time, http-date.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")


def from_epoch(seconds: Any) -> Any:
    """Seconds since the epoch as a datetime; anything that is no such number comes back as it is."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return seconds
    try:
        return EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return seconds


def from_text(text: Any, form: str = "iso8601") -> Any:
    """The instant that a text names, in the form asked for; anything else comes back as it is."""
    if not isinstance(text, str):
        return text
    try:
        if form == "unixTimestamp":
            return from_epoch(float(text))
        found = parsedate_to_datetime(text) if form == "rfc822" else _from_iso(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return text


def to_epoch(instant: datetime) -> int | float:
    """Whole seconds as an int, else with milliseconds."""
    seconds = round(instant.timestamp(), 3)
    return int(seconds) if seconds == int(seconds) else seconds


def to_text(instant: datetime, form: str = "iso8601") -> str:
    if form == "unixTimestamp":
        return str(to_epoch(instant))
    utc = instant.astimezone(UTC)
    if form == "rfc822":
        return format_datetime(utc.replace(microsecond=0), usegmt=True)
    precision = "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=precision).replace("+00:00", "Z")


def _from_iso(text: str) -> datetime:
    # fromisoformat() alone takes week dates and other forms that AWS does not.
    if not _ISO.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)
