from hypothesis import given, settings
from hypothesis import strategies as st

from local.viewer.service_map.layout import LAYER_GAP, MARGIN, NODE_GAP, NODE_HEIGHT, NODE_WIDTH, layout

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

STEP = NODE_WIDTH + LAYER_GAP


def test_callers_stand_left_of_what_they_call() -> None:
    """A node's layer is its longest way from a start; two nodes of a layer do not overlap."""
    found = layout([0, 1, 2, 3], [(0, 1), (1, 2), (1, 3), (0, 3)])
    places = {box.key: (box.x, box.y) for box in found.boxes}
    assert [places[key][0] for key in (0, 1, 2, 3)] == [MARGIN, MARGIN + STEP, MARGIN + 2 * STEP, MARGIN + 2 * STEP]
    assert abs(places[2][1] - places[3][1]) == NODE_HEIGHT + NODE_GAP
    assert places[0][1] == MARGIN + (NODE_HEIGHT + NODE_GAP) / 2


def test_edges_do_not_cross_where_they_need_not() -> None:
    """Each layer is sorted by where its neighbours stand."""
    found = layout([0, 1, 2, 3], [(0, 3), (1, 2)])
    places = {box.key: box.y for box in found.boxes}
    assert (places[0] < places[1]) == (places[3] < places[2])


def test_circles_are_drawn() -> None:
    """A service that calls its caller, or itself, has its place and its edge all the same."""
    found = layout([0, 1], [(0, 1), (1, 0), (1, 1)])
    assert [box.x for box in found.boxes] == [MARGIN, MARGIN + STEP]
    assert [(curve.source, curve.target) for curve in found.curves] == [(0, 1), (1, 0), (1, 1)]


def test_nothing_is_small() -> None:
    """A graph without nodes is drawn as nothing."""
    found = layout([], [])
    assert (found.boxes, found.curves, found.width) == ((), (), MARGIN)


@QUIET
@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=40))
def test_no_two_nodes_overlap(count: int, links: list[tuple[int, int]]) -> None:
    """Whatever calls whatever: each node once, inside the drawing, on nobody else; each link between nodes is drawn."""
    found = layout(list(range(count)), links)
    assert [box.key for box in found.boxes] == list(range(count))
    assert len({(box.x, box.y) for box in found.boxes}) == count
    assert {(curve.source, curve.target) for curve in found.curves} == {link for link in links if max(link) < count}
    for box in found.boxes:
        assert 0 < box.x < found.width - NODE_WIDTH
        assert 0 < box.y < found.height - NODE_HEIGHT
