"""A part of a step: set a configuration, force starts, drive a load, collect what was measured."""

import time
from collections.abc import Callable
from functools import partial
from random import Random

from load_tests.errors import NotReachable, SettingError
from load_tests.observation import Configuration, Step
from load_tests.sweep import interrupts
from load_tests.sweep.collecting import collect
from load_tests.sweep.function import Function
from load_tests.sweep.joining import Answer
from load_tests.sweep.journey import Journey
from load_tests.sweep.load import Load
from load_tests.sweep.place import Place
from load_tests.sweep.rounds import Part
from load_tests.sweep.settings import Settings

EARLIER_S = 1.0  # clocks differ


class Stepping:
    """`show` is told what is being done."""

    def __init__(
        self, place: Place, function: Function, group: str, settings: Settings, show: Callable[[str], None]
    ) -> None:
        self._place = place
        self._function = function
        self._group = group
        self._settings = settings
        self._show = show

    def run(self, number: int, part: Part) -> tuple[Step, float]:
        """The step without its metrics, and when it started (seconds since the epoch)."""
        wanted, since = part.configuration, time.time()
        load = Load(self._place.api, self._answered, self._settings.api_key)
        answers = self._starts(number, part, load)
        if not answers:
            self._set(number, wanted, "load")
        journey = Journey(Random(f"{self._settings.seed} {number}"), self._settings.rate)
        answers += interrupts.run(lambda: load.run(journey, self._settings.warm_up, part.seconds))
        self._show("collecting REPORT lines")
        found = collect(self._place.clients, self._group, answers, since - EARLIER_S, on_aws=self._place.costs_money)
        self._check_sizes(found.sizes, wanted.memory_mb)
        return Step(wanted, tuple(found.observations), {}, found.missing, part.seconds), since

    def _check_sizes(self, found: frozenset[int], wanted_mb: int) -> None:
        """Somebody else sets the function too, or the API invokes another alias: both would answer happily."""
        if found - {wanted_mb}:
            raise SettingError(
                f"{self._function.name} was set to {wanted_mb} MB, and what answered has {min(found - {wanted_mb})}: "
                f"somebody else sets it, or {self._place.api} invokes something else: --alias and --function name it"
            )

    def _answered(self, count: int) -> None:
        self._show(f"load, {count} answers")

    def _starts(self, number: int, part: Part, load: Load) -> list[Answer]:
        """Every change of configuration makes the next sandbox new. Provisioned ones start before they are asked."""
        answers: list[Answer] = []
        if part.configuration.provisioned:
            return answers
        while len(answers) < part.cold:
            self._show(f"start {len(answers) + 1} of {part.cold}")
            self._set(number, part.configuration, str(len(answers)))
            count = min(self._settings.cold_at_once, part.cold - len(answers))
            answers += interrupts.run(partial(load.starts, count))
            if not any(answer.status for answer in answers):
                raise NotReachable(f"no answer from {self._place.api}; --api names another")
        return answers

    def _set(self, number: int, wanted: Configuration, what: str) -> None:
        self._function.set(wanted, f"{number}-{what}-{time.time_ns()}")
