"""Who comes to the shop, how often, and what for.

    locust -f load_tests/locustfile.py --host http://127.0.0.1:8000

Locust's own modes and options all work; docs/load-tests.md tells of those added here. The weights are a shop's: most
people look, some sell, some change what they sell, a few mistype.
"""

import random
from collections import deque
from typing import Any

from locust import events, task

from load_tests.options import add_options
from load_tests.outcome import FINE
from load_tests.run import Run
from load_tests.visitor import Visitor

ITEMS = "/api/items/"
ITEM = "/api/items/{item_id}"
WORDS = ("lamp", "chair", "kettle", "clock", "shelf", "rug", "vase", "mirror")
KEPT = 5
"""How many items a seller has in the shop; older ones are taken out, so that a long run does not fill the store."""


@events.init_command_line_parser.add_listener
def _options(parser: Any, **_: Any) -> None:
    add_options(parser)


@events.init.add_listener
def _begin(environment: Any, **_: Any) -> None:
    Run(environment).listen()


class Seller(Visitor):
    """Someone with items of their own, which nobody else changes."""

    abstract = True

    def on_start(self) -> None:
        self.items: deque[str] = deque()

    def offer(self) -> str | None:
        """A new item's id; None if it could not be made. A key of its own lets a lost answer be asked for again."""
        key = {"Idempotency-Key": self.unique("key")}
        item = {"name": self.unique(random.choice(WORDS)), "price_cents": random.randint(100, 99_900)}
        reply = self.ask("POST", ITEMS, json=item, headers=key)
        if not reply.fine:
            return None
        self.items.append(reply.body["id"])
        if random.random() < 0.1:  # an impatient client: the same item, not a second one
            self.ask("POST", ITEMS, json=item, headers=key)
        return self.items[-1]

    def withdraw(self) -> None:
        self.ask("DELETE", ITEM, path=ITEMS + self.items.popleft())


class Browser(Visitor):
    """Looks around: a page of items, then some of them; comes back to one, to see whether it has changed."""

    weight = 6

    @task(3)
    def look_around(self) -> None:
        page = self.ask("GET", ITEMS, path=f"{ITEMS}?limit=20")
        if page.fine and page.body["items"]:
            for item in random.sample(page.body["items"], min(3, len(page.body["items"]))):
                self.look_at(item["id"])
        if page.fine and page.body["next_cursor"] and random.random() < 0.3:
            self.ask("GET", ITEMS, path=f"{ITEMS}?limit=20&cursor={page.body['next_cursor']}")

    @task(1)
    def arrive(self) -> None:
        self.ask("GET", "/")

    def look_at(self, item_id: str) -> None:
        """Its seller may have taken it out since the page was made: 404 is then the right answer."""
        reply = self.ask("GET", ITEM, path=ITEMS + item_id, asked_for=FINE | {404})
        if reply.fine and random.random() < 0.3:
            seen = {"If-None-Match": reply.headers["etag"]}
            self.ask("GET", ITEM, path=ITEMS + item_id, headers=seen, asked_for=FINE | {304, 404})


class Creator(Seller):
    """Sells: puts items into the shop and takes the old ones out."""

    weight = 2
    think_s = (2.0, 5.0)

    @task
    def sell(self) -> None:
        self.offer()
        if len(self.items) > KEPT:
            self.withdraw()


class Editor(Seller):
    """Changes items: reads one, changes it on the condition that nobody else has, sometimes replaces it."""

    weight = 2
    think_s = (2.0, 6.0)

    @task(4)
    def reprice(self) -> None:
        if (tag := self._tag()) is not None:
            price = {"price_cents": random.randint(100, 99_900)}
            self.ask("PATCH", ITEM, path=ITEMS + self.items[0], json=price, headers={"If-Match": tag})

    @task(2)
    def rewrite(self) -> None:
        if (tag := self._tag()) is not None:
            item = {"name": self.unique("rewritten"), "price_cents": 1_000, "tags": ["new"]}
            self.ask("PUT", ITEM, path=ITEMS + self.items[0], json=item, headers={"If-Match": tag})

    @task(1)
    def edit_what_has_changed(self) -> None:
        """With the tag of a version that never was: 412, as two people who edit at once get it."""
        if self._tag() is not None:
            stale = {"If-Match": '"0"'}
            self.ask("PATCH", ITEM, path=ITEMS + self.items[0], json={"price_cents": 1}, headers=stale, asked_for={412})

    def _tag(self) -> str | None:
        """The ETag of this editor's own item, which it makes if it has none."""
        if not self.items and self.offer() is None:
            return None
        reply = self.ask("GET", ITEM, path=ITEMS + self.items[0])
        return reply.headers["etag"] if reply.fine else None


class Blunderer(Visitor):
    """Mistypes: asks for what isn't there, sends what can't be. The errors are what it came for."""

    weight = 1

    @task(3)
    def follow_a_dead_link(self) -> None:
        self.ask("GET", ITEM, path=ITEMS + self.unique("gone"), asked_for={404})

    @task(2)
    def send_nonsense(self) -> None:
        self.ask("POST", ITEMS, json={"name": "", "price_cents": "much"}, asked_for={422})

    @task(1)
    def lose_the_way(self) -> None:
        self.ask("GET", "(unmatched)", path=f"/{self.unique('nowhere')}", asked_for={404})


class Rush(Visitor):
    """Comes in bursts: a page that asks for a dozen things at once, then a long silence."""

    weight = 1
    think_s = (8.0, 15.0)

    @task
    def burst(self) -> None:
        for _ in range(random.randint(6, 12)):
            self.ask("GET", ITEMS, path=f"{ITEMS}?limit=5")
