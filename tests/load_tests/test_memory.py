"""load_tests/memory.py and memory_watch.py: is a process's memory flat?"""

import subprocess
import sys

from load_tests.memory import Growth, Sample, growth
from load_tests.memory_watch import MemoryWatch

MB = 1024 * 1024


def samples(*megabytes: float) -> list[Sample]:
    """One a second."""
    return [Sample(float(at), int(rss * MB)) for at, rss in enumerate(megabytes)]


def test_flat_process_is_flat() -> None:
    """Noise of a MB up and down is no growth."""
    found = growth("p", samples(*[50.0, 51.0] * 150), 300.0)
    assert found is not None
    assert found.flat
    assert abs(found.mb) < 0.1
    assert found.typical_mb in (50.0, 50.5, 51.0)


def test_leak_is_found() -> None:
    """A twentieth of a MB a second, over the 400 s that count of 600: 20 MB, 180 an hour."""
    found = growth("p", samples(*(50.0 + second / 20 for second in range(601))), 600.0)
    assert found is not None
    assert not found.flat
    assert round(found.mb, 1) == 20.0
    assert round(found.mb_per_hour) == 180


def test_warming_up_does_not_count() -> None:
    """What a process takes in the first third, and in two minutes at least, while it warms up, is no leak."""
    late = growth("p", samples(*(float(min(second, 200)) for second in range(600))), 600.0)
    assert late is not None
    assert late.flat
    found = growth("p", samples(*(float(min(second, 120)) for second in range(180))), 180.0)
    assert found is not None
    assert found.flat
    assert abs(found.mb) < 0.01


def test_room_grows_with_the_process() -> None:
    """A twentieth of a big process, 6 MB of a small one."""
    big, small = growth("p", samples(*[400.0] * 200), 200.0), growth("p", samples(*[10.0] * 200), 200.0)
    assert (big and big.room_mb, small and small.room_mb) == (20.0, 6.0)
    assert Growth("p", 10.0, 6.0, 1.0, 6.0).flat
    assert not Growth("p", 10.0, 6.1, 1.0, 6.0).flat


def test_process_that_was_hardly_there_is_not_judged() -> None:
    """Fewer than ten samples after the warm-up say nothing."""
    assert growth("p", samples(*[50.0] * 129), 129.0) is None
    assert growth("p", samples(*[50.0] * 130), 130.0) is not None


def test_watch_sees_the_whole_family() -> None:
    """A process and what it started, each by itself; one that has ended is no error."""
    child = "subprocess.Popen([sys.executable, '-c', 'print(2, flush=True); input()'], stdin=0)"
    script = f"import subprocess, sys; child = {child}; print(1, flush=True); child.wait()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert {parent.stdout.readline(), parent.stdout.readline()} == {"1\n", "2\n"}  # both are what they will be
        watch = MemoryWatch({"parent": parent.pid})
        watch.look()
        assert parent.stdin is not None
        parent.stdin.close()
        parent.wait()
    watch.look()
    assert len(watch.samples) == 2
    assert [len(found) for found in watch.samples.values()] == [1, 1]
    assert min(found[0].rss for found in watch.samples.values()) > MB
    [name] = watch.samples.keys() - {"parent"}
    assert name.startswith("parent: a script ")
