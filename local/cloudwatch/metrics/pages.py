"""PURE: GetMetricData's results in pages of so many datapoints, and the tokens between the pages."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.errors import AwsError


@dataclass(frozen=True, slots=True)
class Labelled:
    """A series of the answer; `points` in the order of the answer."""

    id: str
    label: str
    points: Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: at the series with this number, after its datapoint of that time."""

    number: int = 0
    after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    results: list[dict[str, Any]]
    following: Place | None


def page(results: Sequence[Labelled], place: Place, most: int) -> Page:
    """Series before `place` are left out; those that the page has no room for are in it with no datapoints."""
    shown, following = [], None
    for number, result in enumerate(results[place.number :], place.number):
        points = _after(result.points, place.after_s) if number == place.number else result.points
        kept = points[:most]
        cut = len(kept) < len(points)
        shown.append(_shown(result, kept, partial=cut or following is not None))
        if cut and following is None:
            last = kept[-1][0] if kept else place.after_s if number == place.number else None
            following = Place(number, last)
        most = 0 if following else most - len(kept)
    return Page(shown, following)


def _after(points: Sequence[tuple[int, float]], after_s: int | None) -> Sequence[tuple[int, float]]:
    """What comes after that time in the order of the points, whichever it is: new datapoints move nothing."""
    if after_s is None or not points:
        return points
    descending = points[0][0] > points[-1][0]
    return [(at, value) for at, value in points if (at < after_s if descending else at > after_s)]


def _shown(result: Labelled, points: Iterable[tuple[int, float]], *, partial: bool) -> dict[str, Any]:
    points = list(points)
    return {
        "Id": result.id,
        "Label": result.label,
        "Timestamps": [datetime.fromtimestamp(at, UTC) for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "PartialData" if partial else "Complete",
    }


def token(place: Place, parameters: Mapping[str, Any]) -> str:
    """Only good for the same request."""
    content = json.dumps([place.number, place.after_s, _digest(parameters)])
    return base64.urlsafe_b64encode(content.encode()).decode()


def read_token(text: str, parameters: Mapping[str, Any]) -> Place:
    """Raises AwsError (InvalidNextToken)."""
    try:
        number, after_s, digest = json.loads(base64.urlsafe_b64decode(text))
        if digest == _digest(parameters) and type(number) is int and number >= 0 and type(after_s) in (int, type(None)):
            return Place(number, after_s)
    except (ValueError, TypeError):
        pass
    raise AwsError("InvalidNextToken", "The next token specified is invalid.")


def _digest(parameters: Mapping[str, Any]) -> str:
    same = {name: value for name, value in parameters.items() if name != "NextToken"}
    return hashlib.sha256(json.dumps(same, sort_keys=True, default=str).encode()).hexdigest()[:16]
