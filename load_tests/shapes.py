"""Locust's shape classes: each asks steps.py how many users there are now. `--shape` chooses one.

The peak is --users, the length --run-time, as of any run of Locust.
"""

import time

from locust import LoadTestShape

from load_tests.steps import users_at

PEAK_USERS = 8
"""Without --users: fewer than the ten sandboxes that the template allows, so that a storm is not throttled."""
LENGTH_S = 120
"""Without --run-time."""
AT_ONCE = 100.0
"""Users a second. Locust warns beyond it, and a step is complete before it looks again, a second later."""


class Shape(LoadTestShape):
    abstract = True
    use_common_options = True
    kind = ""

    def tick(self) -> tuple[int, float] | None:
        options = self.runner.environment.parsed_options if self.runner else None
        length_s = getattr(options, "run_time", None) or LENGTH_S
        peak = getattr(options, "num_users", None) or PEAK_USERS
        elapsed_s = time.perf_counter() - self.start_time
        users = users_at(self.kind, elapsed_s / length_s, peak)
        return None if users is None else (users, AT_ONCE)


class Steady(Shape):
    kind = "steady"


class Ramp(Shape):
    kind = "ramp"


class Spike(Shape):
    kind = "spike"


class Soak(Shape):
    kind = "soak"


class ColdStartStorm(Shape):
    kind = "storm"


SHAPES: tuple[type[Shape], ...] = (Steady, Ramp, Spike, Soak, ColdStartStorm)
