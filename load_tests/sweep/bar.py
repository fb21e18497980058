"""PURE: the progress bar and spans of time, as text."""

WIDTH = 24


def bar(share: float) -> str:
    full = round(min(1.0, max(0.0, share)) * WIDTH)
    return f"[{'#' * full}{'.' * (WIDTH - full)}]"


def minutes(seconds: float) -> str:
    """`40 s`, `12 min`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    in_minutes = round(seconds / 60)
    return f"{in_minutes} min" if in_minutes < 100 else f"{in_minutes // 60} h {in_minutes % 60} min"
