"""A user for comparison: asks for what costs least of all that passes through gateway, Lambda and the application."""

from locust import constant, task

from load_tests.budget_check import FLOOR
from load_tests.visitor import Visitor


class Floor(Visitor):
    """Only wants to know whether the service is alive."""

    fixed_count = 1
    wait_time = constant(0.02)  # some forty a second: their 99th percentile must not hang on one of them

    @task
    def ask_for_health(self) -> None:
        self.ask("GET", FLOOR)
