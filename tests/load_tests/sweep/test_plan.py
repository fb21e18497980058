"""Settings, axes, estimate and progress: what a sweep is going to do."""

import argparse
import io
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load_tests.errors import SettingError
from load_tests.observation import Configuration, Step
from load_tests.setting import add_options
from load_tests.sweep.axes import Axes, memory_axis, provisioned_axis, reserved_axis, timeout_axis
from load_tests.sweep.bar import bar, minutes
from load_tests.sweep.estimate import estimate, part_dollars
from load_tests.sweep.journey import CREATE, Journey, Visit
from load_tests.sweep.plan import question
from load_tests.sweep.progress import Progress
from load_tests.sweep.rounds import Part, parts, pooled
from load_tests.sweep.settings import SETTINGS, Settings
from tests.load_tests.report.measured import one

FOUND = Configuration(512, 10, 10, None)


def read(*arguments: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_options(parser, SETTINGS)
    return Settings.read({**vars(parser.parse_args(arguments)), "yes": False, "fresh": False})


def test_defaults_are_the_documented_ones() -> None:
    """The sizes, timeouts, starts and seconds of `make sweep` without variables."""
    settings = read()
    assert settings.axes == Axes((128, 256, 512, 1024, 1769), (3, 10, 29), (), ())
    assert (settings.cold, settings.duration, settings.wishes.p99_ms) == (10, 60, 500)
    assert len(settings.axes.configurations(FOUND)) == 15


def test_every_setting_has_its_help() -> None:
    """--help names each with its default, a % in it and all."""
    parser = argparse.ArgumentParser()
    add_options(parser, SETTINGS)
    text = " ".join(parser.format_help().split())
    for setting in SETTINGS:
        assert setting.option in text
        assert " ".join(setting.meaning.split()) in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--memory", "128,127"), "--memory '128,127': '127' is not right; give MB, 128 to 10240, parted by commas"),
        (("--memory", "128,128"), "--memory '128,128': 128 stands there twice"),
        (("--timeout", "0"), "--timeout '0': '0' is not right; give seconds, 1 to 900"),
        (("--timeout", "3s"), "--timeout '3s': '3s' is not right"),
        (("--reserved", "0"), "0 throttles every request"),
        (("--cold", "-1"), "--cold '-1': give a whole number, 0 to 1000"),
        (("--rate", "nan"), "--rate 'nan': give a number, 0.1 to 10000"),
        (("--weight", "1.1"), "--weight '1.1': give a number, 0 to 1"),
        (("--arrival-rates", "1,x"), "--arrival-rates 'x': give a number"),
    ],
)
def test_a_wrong_value_is_named(arguments: tuple[str, str], said: str) -> None:
    """With its option and what would be right."""
    with pytest.raises(SettingError) as raised:
        read("=".join(arguments))
    assert said in str(raised.value)


def test_every_combination_by_memory() -> None:
    """An empty axis is what is found; concurrency that isn't swept is left alone."""
    assert Axes((128, 512), (), (), ()).configurations(FOUND) == [Configuration(128, 10), Configuration(512, 10)]
    names = [one.name for one in Axes((128,), (3,), (1, 5), (0, 2)).configurations(FOUND)]
    assert names == [
        "128 MB, reserved 1, provisioned 0, 3 s",
        "128 MB, reserved 5, provisioned 0, 3 s",
        "128 MB, reserved 5, provisioned 2, 3 s",
    ]


def test_more_provisioned_than_reserved_is_refused() -> None:
    """Where nothing else is left to measure; ten are reserved as it is found."""
    with pytest.raises(SettingError, match="--provisioned 20 is more than reserved concurrency leaves: 10"):
        Axes((), (), (), (20,)).configurations(FOUND)


@given(st.text(max_size=12), st.sampled_from([memory_axis, timeout_axis, reserved_axis, provisioned_axis]))
def test_any_text_is_an_axis_or_refused(text: str, axis: Any) -> None:
    """By a SettingError and nothing else."""
    with suppress(SettingError):
        assert all(isinstance(value, int) for value in axis(text))


def test_estimate() -> None:
    """600 warm requests of 15 ms at a whole processor, 10 starts of 3 s: at 1769 MB $0.00034 of Lambda for the first,
    $0.00086 for the others; $3.50 a million for the API and $0.50 a GB of logs at 3 kB a request.
    """
    dollars = part_dollars(Part(Configuration(1769, 10), 10, 55), 5, 10, "x86_64")
    gigabyte = 1769 / 1024
    lambda_ = 600 * (0.015 * gigabyte * 0.0000166667 + 2e-7) + 10 * (3 * gigabyte * 0.0000166667 + 2e-7)
    assert dollars == pytest.approx(lambda_ + 610 * (3.5e-6 + 1.5e-6))
    held = part_dollars(Part(Configuration(1024, 10, None, 2), 0, 60), 0, 10, "x86_64")
    less = part_dollars(Part(Configuration(1024, 10, None, 0), 0, 60), 0, 10, "x86_64")
    assert held - less == pytest.approx(2 * 300 * 0.0000041667)  # billed in steps of five minutes


def test_question_says_all_that_matters() -> None:
    """Which function where, what it will be set to, how many requests, how long, how much.

    On AWS a change takes 8 s and a start up to 3: 5 starts and a load of 30 s, 20 s to collect, are 116 s at 128 MB and
    103 s at 512, in two rounds.
    """
    steps = [Configuration(128, 3), Configuration(512, 3)]
    todo = parts(steps, 2, 10, 60)
    found = estimate(todo, at_once=1, warm_up=0, rate=10, architecture="arm64", on_aws=True)
    text = question("items", "aws", steps, found)
    assert found.requests == 1220
    for part in (
        "items at aws",
        "  128 MB, 3 s\n  512 MB, 3 s\n",
        "about 1,220 requests",
        "about 7 min",
        "about $0.01",
    ):
        assert part in text


def test_rounds() -> None:
    """Every configuration once a round; ten starts are 4, 3 and 3, and thirty seconds ten each."""
    steps = [Configuration(128, 3), Configuration(512, 3)]
    found = parts(steps, 3, 10, 30)
    assert [(part.configuration.memory_mb, part.cold, part.seconds) for part in found] == [
        (128, 4, 10),
        (512, 4, 10),
        (128, 3, 10),
        (512, 3, 10),
        (128, 3, 10),
        (512, 3, 10),
    ]


def test_rounds_are_pooled() -> None:
    """Counts and seconds are added, peaks are not; a round that CloudWatch said nothing of takes nothing away."""
    small, large = Configuration(128, 3), Configuration(512, 3)
    measured = [
        Step(small, (one(5),), {"invocations": 3.0, "concurrent": 2.0}, 1, 30.0),
        Step(large, (one(2),), {"invocations": 9.0}, 0, 30.0),
        Step(small, (one(6), one(7)), {"invocations": 4.0, "concurrent": 1.0}, 2, 30.0),
        Step(large, (), {}, 0, 30.0),
    ]
    assert pooled(measured) == [
        Step(small, (one(5), one(6), one(7)), {"concurrent": 2.0, "invocations": 7.0}, 3, 60.0),
        Step(large, (one(2),), {"invocations": 9.0}, 0, 60.0),
    ]


def test_bar_and_minutes() -> None:
    """A bar of 24; seconds, minutes, hours."""
    assert [bar(share) for share in (0, 0.5, 1.5)] == [f"[{'.' * 24}]", f"[{'#' * 12}{'.' * 12}]", f"[{'#' * 24}]"]
    assert [minutes(seconds) for seconds in (0, 99, 120, 7500)] == ["0 s", "99 s", "2 min", "2 h 5 min"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal_and_in_a_pipe() -> None:
    """One line drawn over, with the time left; elsewhere a line a step."""
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        progress = Progress([60.0, 60.0], stream)
        progress.step("128 MB, 3 s")
        progress.show("load, 7 answers")
        progress.ended()
        progress.step("512 MB, 3 s")
        progress.close()
    assert "128 MB, 3 s: load, 7 answers, 2 min left" in terminal.getvalue()
    assert "\n" not in terminal.getvalue()
    # The first step took no time, so the second is expected to take none.
    assert "512 MB, 3 s: setting, 0 s left" in terminal.getvalue()
    assert pipe.getvalue() == "1 of 2  128 MB, 3 s\n2 of 2  512 MB, 3 s\n"


def test_journey_is_seeded_and_makes_items_first() -> None:
    """The same seed gives the same requests; without an item, one is made; one that is ended is asked for no more."""
    visits = (Visit("GET", "/api/items/{id}", 1), Visit("DELETE", "/api/items/{id}", 1, ends=True))

    def walk(seed: int) -> list[tuple[str, str]]:
        journey = Journey(Random(seed), 10, visits)
        found = []
        for count in range(50):
            _, visit, path = journey.next()
            if visit is CREATE:
                journey.made(f"i-{count}")
            found.append((visit.method, path))
        return found

    assert walk(1) == walk(1)
    assert walk(1)[0] == ("POST", "/api/items/")
    ended = set()
    for method, path in walk(2):
        assert path not in ended
        if method == "DELETE":
            ended.add(path)


def test_journey_keeps_its_rate() -> None:
    """Poisson arrivals of ten a second: ten thousand of them take a thousand seconds, give or take three percent."""
    journey = Journey(Random(1), 10)
    assert sum(journey.next()[0] for _ in range(10_000)) == pytest.approx(1000, rel=0.03)
