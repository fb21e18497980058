"""The page of the service map."""

from aiohttp import web

from local.viewer.service_map.graph import Graph, Health, Node, filter_for, graph
from local.viewer.service_map.layout import NODE_HEIGHT, NODE_WIDTH, layout
from local.viewer.service_map.reading import read_services
from local.viewer.visit import Page, Visit

LONGEST_NAME, LONGEST_TYPE = 19, 25  # characters that a box has room for


async def show_map(visit: Visit) -> web.Response:
    read = await read_services(visit.aws, visit.times)
    found = graph(read.services, read.seconds)
    drawn = layout([node.key for node in found.nodes], [(edge.source, edge.target) for edge in found.edges])
    return visit.page(
        "map.html",
        title="Service map",
        drawn=drawn,
        nodes={node.key: node for node in found.nodes},
        edges={(edge.source, edge.target): edge for edge in found.edges},
        filters={node.key: filter_for(node) for node in found.nodes},
        callers=_callers(found),
        is_cut=read.seconds + 1 < visit.times.length_s,
        hours=read.seconds / 3600,
        size=(NODE_WIDTH, NODE_HEIGHT),
        names={
            node.key: (short(node.name, LONGEST_NAME), short(node.type or "service", LONGEST_TYPE))
            for node in found.nodes
        },
        state=state,
    )


def short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def state(health: Health | None) -> str:
    """The class of a box and of an edge: bad with faults, warn with errors, good with requests."""
    if health is None or not health.total:
        return "idle"
    if health.faults:
        return "bad"
    return "warn" if health.errors else "good"


def _callers(found: Graph) -> dict[int, list[Node]]:
    nodes = {node.key: node for node in found.nodes}
    callers: dict[int, list[Node]] = {key: [] for key in nodes}
    for edge in found.edges:
        callers[edge.target].append(nodes[edge.source])
    return callers


MAP_PAGES: tuple[Page, ...] = (Page("/map", show_map, "Map", "m"),)
