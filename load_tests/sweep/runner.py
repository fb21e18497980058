"""A whole sweep: restore what is left, measure step by step, restore, report."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from load_tests.errors import CallRefused
from load_tests.observation import Configuration, Step
from load_tests.report.files import write
from load_tests.sweep.collecting import metrics
from load_tests.sweep.estimate import part_seconds
from load_tests.sweep.folder import SweepFolder, open_folder
from load_tests.sweep.function import Facts, Function
from load_tests.sweep.interrupts import held_off
from load_tests.sweep.journal import Entry, Journal
from load_tests.sweep.place import Place
from load_tests.sweep.plan import guess, plan, question
from load_tests.sweep.progress import Progress
from load_tests.sweep.restoring import restore, restore_left
from load_tests.sweep.rounds import Part, parts, pooled
from load_tests.sweep.settings import Settings
from load_tests.sweep.stepping import Stepping

UNAUTHORIZED, FORBIDDEN = 401, 403
LATE_S = 120.0  # AWS/Lambda's metrics of a minute are there two minutes later


@dataclass(frozen=True, slots=True)
class Terminal:
    """`tell` prints a line; `ask` a question, and answers whether to go on."""

    tell: Callable[[str], None]
    ask: Callable[[str], bool]


def refused(steps: list[Step]) -> list[str]:
    """Credentials are missing, and what was measured is the door."""
    statuses = [one.status for step in steps for one in step.observations]
    closed = sum(status in (UNAUTHORIZED, FORBIDDEN) for status in statuses)
    if closed * 2 <= len(statuses):
        return []
    return [f"{closed} of {len(statuses)} answers were 401 or 403: the service wants a credential; see --api-key"]


class Sweep:
    """`late_s`: how long CloudWatch's last minute is waited for where it comes late: on AWS."""

    def __init__(self, place: Place, settings: Settings, terminal: Terminal, late_s: float = LATE_S) -> None:
        self._place = place
        self._settings = settings
        self._terminal = terminal
        self._late_s = late_s
        self._journal = Journal(settings.dir)
        self._function = Function(place.clients, place.function, settings.alias)

    def run(self) -> Path | None:
        """The report's path; None where the answer was no. Raises LoadTestError, KeyboardInterrupt."""
        place, settings = self._place, self._settings
        restore_left(place, self._journal, self._terminal.tell)
        facts, state = self._function.facts(), self._function.state()
        steps = settings.axes.configurations(state.as_configuration())
        for step in steps:
            self._function.check(step.provisioned)
        todo = parts(steps, settings.rounds, settings.cold, settings.duration)
        if not self._agreed(steps, todo, facts):
            return None
        name = f"{datetime.now().astimezone():%Y-%m-%dT%H-%M-%S}"
        folder, goes_on = open_folder(settings.dir, name, plan(settings, place.target, steps), fresh=settings.fresh)
        if goes_on:
            self._terminal.tell(f"going on in {folder.path}")
        entry = Entry(place.target, state, settings.alias)
        self._journal.write(entry)
        try:
            self._measure(folder, todo, facts)
        finally:
            with held_off():
                restore(self._function, self._journal, entry)
                self._terminal.tell(f"restored {place.function}")
        about = self._about(facts)
        measured = pooled(self._with_metrics(folder.step(number), about) for number in range(len(todo)))
        about["notes"] += refused(measured)
        return write(folder.path, measured, about, settings.wishes, settings.seed)

    def _agreed(self, steps: list[Configuration], todo: list[Part], facts: Facts) -> bool:
        """Nobody is asked on the laptop: it costs nothing."""
        place, settings = self._place, self._settings
        if not place.costs_money:
            return True
        found = guess(settings, todo, facts.architecture, on_aws=True)
        return settings.yes or self._terminal.ask(question(place.function, place.clients.endpoint, steps, found))

    def _measure(self, folder: SweepFolder, todo: list[Part], facts: Facts) -> None:
        place, settings = self._place, self._settings
        left = [number for number in range(len(todo)) if folder.step(number) is None]
        progress = Progress([self._expected_s(todo[number]) for number in left])

        stepping = Stepping(place, self._function, facts.log_group, settings, progress.show)
        try:
            for number in left:
                progress.step(todo[number].configuration.name)
                step, since_s = stepping.run(number, todo[number])
                folder.keep(number, {"since_s": since_s, "until_s": time.time(), "step": step.as_dict()})
                progress.ended()
        finally:
            progress.close()

    def _expected_s(self, part: Part) -> float:
        settings, on_aws = self._settings, self._place.costs_money
        return part_seconds(part, settings.cold_at_once, settings.warm_up, on_aws=on_aws)

    def _with_metrics(self, kept: dict[str, Any], about: dict[str, Any]) -> Step:
        """Measured is measured: that CloudWatch refuses its own numbers is noted, and no reason to lose the rest."""
        step = Step.read(kept["step"])
        if self._place.costs_money:
            time.sleep(max(0.0, kept["until_s"] + self._late_s - time.time()))
        try:
            return replace(
                step, metrics=metrics(self._place.clients, self._place.function, kept["since_s"], kept["until_s"])
            )
        except CallRefused as error:
            about["notes"] = sorted({*about["notes"], str(error)})
            return step

    def _about(self, facts: Facts) -> dict[str, Any]:
        place, settings = self._place, self._settings
        return {
            "function": place.function,
            "endpoint": place.clients.endpoint,
            "region": place.clients.region,
            "architecture": facts.architecture,
            "is_model": not place.costs_money,
            "made": datetime.now().astimezone().isoformat(timespec="seconds"),
            "rounds": settings.rounds,
            "cold": settings.cold,
            "duration_s": settings.duration,
            "rate": settings.rate,
            "seed": settings.seed,
            "notes": [],
        }
