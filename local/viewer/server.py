"""The viewer's HTTP server: loopback only, GET only."""

import importlib.metadata
import importlib.util
import logging
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from local.errors import LocalError, StartError
from local.viewer.aws import Aws, CallFailed
from local.viewer.dashboards import RECENT, Recent
from local.viewer.place import Place
from local.viewer.routes import PAGES
from local.viewer.security import answer_headers, refusal
from local.viewer.templates import new_templates
from local.viewer.visit import NONCE, PLOTLY, Handler, NotThere, Plotly, Visit
from local.viewer.visit import PAGES as PAGES_KEY

_HERE = Path(__file__).parent
_FILES = "public, max-age=0, must-revalidate"
_LIBRARY = "public, max-age=604800, immutable"  # its URL has its version
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class ViewerServer:
    """Serves a place's pages on a bound socket. `tell` hears of bugs of ours; `clock` gives seconds since the epoch."""

    def __init__(self, place: Place, *, tell: Callable[[str], object], clock: Callable[[], float] = time.time) -> None:
        self._aws = Aws(place)
        self._tell = tell
        self._clock = clock
        self._templates = new_templates()
        self._plotly = _plotly()
        self._runner: web.AppRunner | None = None

    async def start(self, sock: socket.socket) -> None:
        quiet = logging.getLogger("local.viewer.http")
        quiet.addHandler(logging.NullHandler())
        quiet.propagate = False
        self._runner = web.AppRunner(self._application(), access_log=None, logger=quiet, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, sock).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._aws.close()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        application[PAGES_KEY] = PAGES
        application[PLOTLY] = self._plotly
        application[RECENT] = Recent()
        for page in PAGES:
            application.router.add_get(page.path, self._handler(page.handler))
        application.router.add_get("/static/plotly.js", self._send_plotly)
        application.router.add_get("/static/{name}", self._send_file)
        return application

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        nonce = secrets.token_urlsafe(16)
        request[NONCE] = nonce
        if refused := refusal(request.method, request.headers):
            response: web.StreamResponse = web.Response(status=403, text=f"{refused}\n")
        else:
            try:
                response = await handler(request)
            except web.HTTPException as error:
                missing = f"There is no page {request.path} here."
                response = self._problem(request, error.status, missing if error.status == 404 else error.reason)
        if not response.prepared:
            response.headers.update(answer_headers(nonce))
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _handler(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(self._visit(request))
            except CallFailed as error:
                return self._problem(request, 502, str(error), error)
            except NotThere as error:
                return self._problem(request, 404, str(error))
            except LocalError as error:
                return self._problem(request, 400, str(error))
            except web.HTTPException:
                raise
            except Exception as error:  # noqa: BLE001 - the page says so, the others go on
                self._tell(f"viewer: a bug: {request.path_qs}: {error!r}")
                return self._problem(request, 500, f"a bug of the viewer: {error!r}")

        return answer

    def _visit(self, request: web.Request) -> Visit:
        return Visit(request, self._aws, self._templates, self._clock(), request[NONCE])

    def _problem(
        self, request: web.Request, status: int, message: str, failed: CallFailed | None = None
    ) -> web.Response:
        """A page for people, JSON for scripts: which call failed, why, what to do."""
        visit = self._visit(request)
        advice = failed.advice if failed else ""
        if "application/json" in request.headers.get("Accept", ""):
            call = failed.operation if failed else ""
            return visit.data({"error": message, "call": call, "advice": advice}, status=status)
        return visit.page("problem.html", status=status, title=f"{status}", message=message, failed=failed)

    async def _send_file(self, request: web.Request) -> web.StreamResponse:
        path = _HERE / "static" / request.match_info["name"]
        if path.parent != _HERE / "static" or path.suffix not in _TYPES or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": _FILES, "Content-Type": _TYPES[path.suffix]})

    async def _send_plotly(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(
            self._plotly.path, headers={"Cache-Control": _LIBRARY, "Content-Type": "text/javascript"}
        )


def _plotly() -> Plotly:
    """Not imported: that takes a second, and only the file is wanted."""
    spec = importlib.util.find_spec("plotly")
    path = Path(spec.origin).parent / "package_data" / "plotly.min.js" if spec and spec.origin else None
    if path is None or not path.is_file():
        raise StartError("plotly is not installed: pip install -r requirements-local.txt")
    return Plotly(path, importlib.metadata.version("plotly"))
