"""PURE: what the load asks for: the items' API as people use it. Replace it by your own service's.

Each row is a request with its weight. `{id}` is an item that the load made before; without one the request is a POST.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Draws(Protocol):
    """random.Random."""

    def random(self) -> float: ...
    def choices(self, population: Sequence[int], weights: Sequence[float]) -> list[int]: ...
    def expovariate(self, lambd: float) -> float: ...


@dataclass(frozen=True, slots=True)
class Visit:
    """`route` is its name for a service whose lines tell none."""

    method: str
    path: str
    weight: float
    body: dict[str, Any] | None = None
    makes: bool = False
    ends: bool = False

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"


CREATE = Visit("POST", "/api/items/", 15, {"name": "Lamp", "price_cents": 4900, "tags": ["sweep"]}, makes=True)
VISITS: tuple[Visit, ...] = (
    Visit("GET", "/api/items/?limit=20", 25),
    Visit("GET", "/api/items/{id}", 35),
    CREATE,
    Visit("PATCH", "/api/items/{id}", 10, {"price_cents": 3900}),
    Visit("DELETE", "/api/items/{id}", 10, ends=True),
    Visit("GET", "/api/items/nowhere", 5),
)
FIRST = Visit("GET", "/api/items/?limit=20", 1)
"""What a forced start is asked for: a route that needs the store, so that its connection counts."""


class Journey:
    """One load's requests, in order."""

    def __init__(self, draws: Draws, rate: float, visits: Sequence[Visit] = VISITS) -> None:
        self._draws = draws
        self._rate = rate
        self._visits = visits
        self._items: list[str] = []

    def next(self) -> tuple[float, Visit, str]:
        """(seconds after the request before, the visit, its path)."""
        gap = self._draws.expovariate(self._rate)
        visit = self._visits[self._draws.choices(range(len(self._visits)), [each.weight for each in self._visits])[0]]
        if "{id}" not in visit.path:
            return gap, visit, visit.path
        if not self._items:
            return gap, CREATE, CREATE.path
        item = self._items[int(self._draws.random() * len(self._items))]
        if visit.ends:
            self._items.remove(item)
        return gap, visit, visit.path.replace("{id}", item)

    def made(self, item: str) -> None:
        self._items.append(item)
