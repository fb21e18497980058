from local.viewer.dashboards.layout import Box, lay_out


def test_positions_and_sizes_are_kept() -> None:
    """x, y, width and height are grid units on 24 columns."""
    assert lay_out([{"x": 12, "y": 7, "width": 3, "height": 2}]) == [Box(12, 7, 3, 2)]


def test_size_is_six_by_six() -> None:
    """The default width is 6, the default height is 6 ("Widgets array structure")."""
    assert lay_out([{}]) == [Box(0, 0, 6, 6)]


def test_the_default_position_is_the_next_free_one() -> None:
    """Four of six columns fill a row, the fifth begins the next; one that has a place is gone around."""
    assert lay_out([{}] * 5) == [Box(0, 0, 6, 6), Box(6, 0, 6, 6), Box(12, 0, 6, 6), Box(18, 0, 6, 6), Box(0, 6, 6, 6)]
    assert lay_out([{"x": 0, "y": 0, "width": 20, "height": 4}, {}]) == [Box(0, 0, 20, 4), Box(0, 4, 6, 6)]


def test_none_stands_out_of_the_grid() -> None:
    """A widget that would go beyond the 24th column is moved back."""
    assert lay_out([{"x": 20, "y": 0, "width": 12}]) == [Box(12, 0, 12, 6)]
