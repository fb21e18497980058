"""A user for comparison: asks what the gateway answers alone, without Lambda. The rest is measured against it."""

from locust import task

from load_tests.visitor import Visitor

FLOOR = "(the gateway alone)"


class Floor(Visitor):
    """Names another host, and is refused: as much network and gateway as any request, and nothing behind it."""

    fixed_count = 1

    @task
    def knock(self) -> None:
        self.ask("GET", FLOOR, path="/", headers={"Host": "another.invalid"}, asked_for={403})
