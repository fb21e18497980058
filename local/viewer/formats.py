"""PURE: numbers, durations and instants as people read them. The templates' filters."""

from datetime import UTC, datetime

NONE = "\N{EN DASH}"
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BYTES = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def number(value: float | None, digits: int = 3) -> str:
    """1234567 -> `1.23M`; 0.00123 -> `0.00123`; none -> a dash."""
    if value is None:
        return NONE
    for factor, prefix in _PREFIXES:
        if abs(value) >= factor:
            return f"{value / factor:.{digits}g}{prefix}"
    return f"{value:.{digits}g}"


def milliseconds(value: float | None) -> str:
    """0.4 -> `0.4 ms`; 1500 -> `1.5 s`; 90000 -> `1.5 min`."""
    if value is None:
        return NONE
    if abs(value) < 1_000:
        return f"{value:.3g} ms"
    if abs(value) < 60_000:
        return f"{value / 1_000:.3g} s"
    return f"{value / 60_000:.3g} min"


def size(value: float | None) -> str:
    """2048 -> `2 KiB`."""
    if value is None:
        return NONE
    for factor, unit in _BYTES:
        if abs(value) >= factor:
            return f"{value / factor:.3g} {unit}"
    return f"{value:.0f} B"


def percent(value: float | None) -> str:
    """99.95 -> `99.95 %`."""
    return NONE if value is None else f"{value:.4g} %"


def instant(value: float | datetime | str | None) -> str:
    """Seconds since the epoch, a datetime or ISO 8601, as `<time datetime>` has it; time.js shows it in local time."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    at = value if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
