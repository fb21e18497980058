"""The Overview's page and its data."""

from aiohttp import web

from local.viewer.visit import Page, Visit


async def show(visit: Visit) -> web.Response:
    return visit.page("overview.html", title="Overview")


OVERVIEW_PAGES: tuple[Page, ...] = (Page("/", show, "Overview", "o"),)
