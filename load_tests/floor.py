"""A user for comparison: asks for what costs least of all that passes through gateway, Lambda and the application.

When it has asked often enough the run is over: a slow machine takes longer, and has made as many requests.
"""

from typing import Any

import gevent
from locust import constant, events, task

from load_tests.budget_check import FLOOR
from load_tests.visitor import Visitor


@events.init_command_line_parser.add_listener
def _options(parser: Any, **_: Any) -> None:
    parser.add_argument("--floor-requests", type=int, required=True, help="after so many of the floor's it is over")


class Floor(Visitor):
    """Only wants to know whether the service is alive."""

    fixed_count = 1
    wait_time = constant(0.02)  # not without a pause: it would have a sandbox and half a processor for itself
    asked = 0

    @task
    def ask_for_health(self) -> None:
        self.ask("GET", FLOOR)
        self.asked += 1
        runner = self.environment.runner
        if self.asked == self.environment.parsed_options.floor_requests and runner is not None:
            gevent.spawn(runner.quit)  # which ends this user too, so it is not this user's to wait for
