"""PURE: the time range of a page, from its URL: relative (`start=-PT3H`) or absolute (ISO 8601), as dashboards have it.

Source: AWS page "Dashboard body structure and syntax", `start` and `end`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local.errors import LocalError

DEFAULT_START = "-PT3H"
PRESETS: tuple[tuple[str, str], ...] = (
    ("-PT5M", "5 min"),
    ("-PT30M", "30 min"),
    ("-PT1H", "1 h"),
    ("-PT3H", "3 h"),
    ("-PT12H", "12 h"),
    ("-P1D", "1 day"),
    ("-P3D", "3 days"),
    ("-P7D", "1 week"),
    ("-P28D", "4 weeks"),
)
_RELATIVE = re.compile(r"-P(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_SECONDS = (30 * 86_400, 7 * 86_400, 86_400, 3_600, 60, 1)
_LONGEST_S = 455 * 86_400  # what CloudWatch keeps


class WrongTime(LocalError):
    """A start or end that is no time."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """`start_s` and `end_s` are seconds since the epoch; the texts are what the URL said (`end_text` is "" for now)."""

    start_s: float
    end_s: float
    start_text: str
    end_text: str

    @property
    def is_relative(self) -> bool:
        """Whether it moves with the clock: a page that is live shows such a one."""
        return self.start_text.startswith("-P")

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def start(self) -> datetime:
        return datetime.fromtimestamp(self.start_s, UTC)

    @property
    def end(self) -> datetime:
        return datetime.fromtimestamp(self.end_s, UTC)

    @property
    def query(self) -> dict[str, str]:
        """What a link to another page of the same time has in its URL."""
        return {"start": self.start_text} | ({"end": self.end_text} if self.end_text else {})


def read_time_range(query: Mapping[str, str], now_s: float, default: str = DEFAULT_START) -> TimeRange:
    """Raises WrongTime naming what is wrong and what would be right."""
    start_text, end_text = query.get("start", "").strip() or default, query.get("end", "").strip()
    if start_text.startswith("-P"):
        if end_text:
            raise WrongTime(
                f"end={end_text!r} with a relative start ({start_text}) is wrong: leave it out, or give both as times"
            )
        return TimeRange(now_s - relative_s(start_text), now_s, start_text, "")
    start_s = instant_s("start", start_text)
    end_s = instant_s("end", end_text) if end_text else now_s
    if end_s <= start_s:
        raise WrongTime(f"end={end_text or 'now'} is not after start={start_text}")
    return TimeRange(start_s, end_s, start_text, end_text)


def relative_s(text: str) -> float:
    """`-PT3H` -> 10800. Months are 30 days."""
    found = _RELATIVE.fullmatch(text)
    if found is None or not any(found.groups()):
        raise WrongTime(
            f"start={text!r} is wrong: it takes a duration such as -PT3H, or a time such as 2026-01-31T08:00:00Z"
        )
    seconds = sum(int(number) * unit for number, unit in zip(found.groups(), _SECONDS, strict=True) if number)
    if not 0 < seconds <= _LONGEST_S:
        raise WrongTime(f"start={text!r} is wrong: it takes 1 second to 455 days, which is what CloudWatch keeps")
    return float(seconds)


def iso(instant_s: float) -> str:
    """`2026-01-31T08:00:00.000Z`, as URLs here have it."""
    at = datetime.fromtimestamp(instant_s, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def around(instant_s: float, seconds: float) -> dict[str, str]:
    """start= and end= of the time that begins at an instant."""
    return {"start": iso(instant_s), "end": iso(instant_s + seconds)}


def instant_s(name: str, text: str) -> float:
    try:
        if re.fullmatch(r"\d{10}(?:\.\d+)?|\d{13}", text, re.ASCII):
            return float(text) / (1_000 if len(text) == 13 and "." not in text else 1)
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return (at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)
    except (ValueError, OverflowError):
        raise WrongTime(
            f"{name}={text!r} is wrong: it takes a time such as 2026-01-31T08:00:00Z, or a duration such as -PT3H"
        ) from None
