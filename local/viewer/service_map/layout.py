"""PURE: a graph -> where its nodes and edges are drawn: callers left, what they call right, in layers.

The layered drawing of Sugiyama, Tagawa and Toda (1981) in its plain form: circles are cut where a walk meets itself, a
node's layer is its longest way from a start, and each layer is sorted by where its neighbours stand, to and fro.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

NODE_WIDTH = 180.0
NODE_HEIGHT = 74.0
LAYER_GAP = 104.0  # room for an edge's numbers
NODE_GAP = 30.0
MARGIN = 12.0
SWEEPS = 8  # ours: drawings do not change after a few

Link: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """The place of a node: its upper left corner."""

    key: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Curve:
    """An edge as an SVG path, and where its numbers stand: `anchor` is SVG's text-anchor of that point."""

    source: int
    target: int
    path: str
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Layout:
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    width: float
    height: float


def layout(keys: Sequence[int], links: Iterable[Link]) -> Layout:
    """The same for the same graph, whatever the order in which it comes. Links from or to unknown keys are left out."""
    known = sorted(set(keys))
    wanted = sorted({link for link in links if link[0] in set(known) and link[1] in set(known)})
    forward = _without_circles(known, wanted)
    rows = _sorted_layers(_layers(known, forward), forward)
    boxes = _boxes(rows)
    out, into = Counter(source for source, _ in wanted), Counter(target for _, target in wanted)
    curves = tuple(_curve(link, boxes, out[link[0]] > 1, into[link[1]] > 1) for link in wanted)
    width = max((box.x + NODE_WIDTH for box in boxes.values()), default=0.0) + MARGIN
    height = max((box.y + NODE_HEIGHT for box in boxes.values()), default=0.0) + MARGIN
    return Layout(tuple(boxes[key] for key in known), curves, width, height)


def _without_circles(keys: Sequence[int], links: Sequence[Link]) -> list[Link]:
    """The links without those that lead back to where a walk came from, or to the node itself."""
    following = _following(links)
    is_open: dict[int, bool] = {}  # False: all that follows it has been seen
    kept: list[Link] = []
    starts = [key for key in keys if key not in {target for _, target in links}]
    for start in [*starts, *keys]:
        if start in is_open:
            continue
        is_open[start] = True
        walk = [(start, iter(following.get(start, ())))]
        while walk:
            key, left = walk[-1]
            target = next(left, None)
            if target is None:
                is_open[key] = False
                walk.pop()
            elif not is_open.get(target, False):
                kept.append((key, target))
                if target not in is_open:
                    is_open[target] = True
                    walk.append((target, iter(following.get(target, ()))))
    return kept


def _layers(keys: Sequence[int], links: Sequence[Link]) -> list[list[int]]:
    """The links lead from each layer to later ones."""
    following = _following(links)
    callers = dict.fromkeys(keys, 0)
    for _, target in links:
        callers[target] += 1
    depth = dict.fromkeys(keys, 0)
    ready = [key for key in keys if callers[key] == 0]
    for key in ready:  # grows meanwhile
        for target in following.get(key, ()):
            depth[target] = max(depth[target], depth[key] + 1)
            callers[target] -= 1
            if callers[target] == 0:
                ready.append(target)
    layers: list[list[int]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for key in keys:
        layers[depth[key]].append(key)
    return layers


def _sorted_layers(layers: list[list[int]], links: Sequence[Link]) -> list[list[int]]:
    before, after = _following([(target, source) for source, target in links]), _following(links)
    for sweep in range(SWEEPS):
        places = {key: float(place) for layer in layers for place, key in enumerate(layer)}
        neighbours = after if sweep % 2 else before
        for layer in reversed(layers) if sweep % 2 else layers:
            means = {key: _mean([places[other] for other in neighbours.get(key, ())], places[key]) for key in layer}
            layer.sort(key=lambda key, means=means: (means[key], key))  # type: ignore[misc]
            places.update({key: float(place) for place, key in enumerate(layer)})
    return layers


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _following(links: Iterable[Link]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for source, target in links:
        found.setdefault(source, []).append(target)
    return found


def _boxes(layers: Sequence[Sequence[int]]) -> dict[int, Box]:
    """Each layer in the middle of the height."""
    step = NODE_HEIGHT + NODE_GAP
    tallest = max((len(layer) for layer in layers), default=0)
    return {
        key: Box(
            key,
            MARGIN + number * (NODE_WIDTH + LAYER_GAP),
            MARGIN + (tallest - len(layer)) * step / 2 + place * step,
        )
        for number, layer in enumerate(layers)
        for place, key in enumerate(layer)
    }


def _curve(link: Link, boxes: Mapping[int, Box], parts: bool, meets: bool) -> Curve:  # noqa: FBT001
    source, target = boxes[link[0]], boxes[link[1]]
    if source.x < target.x:
        return _forward(source, target, parts, meets)
    return _back(source, target)


def _forward(source: Box, target: Box, parts: bool, meets: bool) -> Curve:  # noqa: FBT001
    """From the right side to the left side. Its numbers stand where it runs alone: at its target where edges part
    (`parts`: its source has others), at its source where edges meet, else in the middle.
    """
    x1, y1 = source.x + NODE_WIDTH, source.y + NODE_HEIGHT / 2
    x2, y2 = target.x, target.y + NODE_HEIGHT / 2
    bend = LAYER_GAP / 2
    path = f"M {x1:g} {y1:g} C {x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    if parts:
        return Curve(source.key, target.key, path, x2 - 10, y2, "end")
    if meets:
        return Curve(source.key, target.key, path, x1 + 4, y1, "start")
    return Curve(source.key, target.key, path, (x1 + x2) / 2, (y1 + y2) / 2, "middle")


def _back(source: Box, target: Box) -> Curve:
    """Below the nodes, from the source's foot to the target's foot; a call to itself is a loop there."""
    x1, x2 = source.x + NODE_WIDTH * 0.6, target.x + NODE_WIDTH * 0.4
    y1, y2 = source.y + NODE_HEIGHT, target.y + NODE_HEIGHT
    low = max(y1, y2) + NODE_GAP
    path = f"M {x1:g} {y1:g} C {x1:g} {low:g} {x2:g} {low:g} {x2:g} {y2:g}"
    return Curve(source.key, target.key, path, (x1 + x2) / 2, low - NODE_GAP / 4, "middle")
