"""The timeout to set."""

from load_tests.report.timeouts import choose, cut, tail


def test_twice_the_slowest_in_whole_seconds() -> None:
    """1.2 s and no slower: 3 s; 300 answers bound what is beyond at 1 % (rule of three)."""
    found = choose([0.1 * at for at in range(299)] + [1200.0])
    assert found is not None
    assert (found.seconds, found.slowest_ms, found.n, found.limited) == (3, 1200.0, 300, False)
    assert found.beyond == 0.01


def test_bounds() -> None:
    """At least Lambda's 1 s; at most API Gateway's 29 s, and it is said that more was wanted; nothing of nothing."""
    short, long = choose([5.0]), choose([20_000.0])
    assert short is not None
    assert long is not None
    assert (short.seconds, short.limited) == (1, False)
    assert (long.seconds, long.limited) == (29, True)
    assert choose([]) is None


def test_cut() -> None:
    """Answers slower than a timeout would have been killed."""
    assert [cut([500.0, 2999.0, 3000.0, 3001.0, 20_000.0], seconds) for seconds in (1, 3, 10, 29)] == [4, 2, 1, 0]


def test_tail_falls() -> None:
    """From nearly all to none, never more than 80 points."""
    points = tail([float(at) for at in range(1000)])
    assert points[0] == (0.0, 0.999)
    assert points[-1][1] < 0.005
    assert points == sorted(points)
    assert len(points) <= 80
    assert tail([]) == []
