"""One GET of a page: what a page is given, and what it answers with."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from aiohttp import web
from jinja2 import Environment

from local.errors import LocalError
from local.viewer.aws import Aws
from local.viewer.time_range import TimeRange, read_time_range


class NotThere(LocalError):
    """The page is about something that AWS does not know."""


@dataclass(frozen=True)
class Visit:
    """`path` has the route's parts (`{name}`), `query` the URL's (the last one where a name is given twice)."""

    request: web.Request
    aws: Aws
    templates: Environment
    now_s: float
    nonce: str

    @property
    def path(self) -> Mapping[str, str]:
        return self.request.match_info

    @property
    def plotly_version(self) -> str:
        """For the URL of its file, which browsers may keep."""
        return self.request.app[PLOTLY].version

    @cached_property
    def query(self) -> Mapping[str, str]:
        return dict(self.request.query)

    @cached_property
    def times(self) -> TimeRange:
        """What `start=` and `end=` of the URL say, else the last three hours. Raises WrongTime."""
        return read_time_range(self.query, self.now_s)

    def page(self, template: str, *, status: int = 200, **context: Any) -> web.Response:
        """A template of templates/, which extends layout.html. `title` is for the browser's tab."""
        shown = {
            "visit": self,
            "place": self.aws.place,
            "here": self.request.path,
            "pages": self.request.app[PAGES],
            "nonce": self.nonce,
            "keep": self._kept(),
            **context,
        }
        text = self.templates.get_template(template).render(shown)
        return web.Response(status=status, text=text, content_type="text/html", charset="utf-8")

    def _kept(self) -> Mapping[str, str]:
        """What the <nav>'s links keep of this URL: the time that one looks at."""
        return {name: self.query[name] for name in ("start", "end") if self.query.get(name)}

    def data(self, document: Any, *, status: int = 200) -> web.Response:
        """JSON for the page's script. NaN is not JSON: say null."""
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return web.Response(status=status, text=text, content_type="application/json", charset="utf-8")


@dataclass(frozen=True, slots=True)
class Plotly:
    """Where plotly's wheel has its JavaScript, and which version it is."""

    path: Path
    version: str


PAGES = web.AppKey("pages", tuple)
"""Every page there is, for the layout's <nav>."""
PLOTLY = web.AppKey("plotly", Plotly)
NONCE = web.RequestKey("nonce", str)

Handler: TypeAlias = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Page:
    """A route. `link` is its words in the <nav>; `key` goes there after `g` on the keyboard; data has neither."""

    path: str
    handler: Handler
    link: str = ""
    key: str = ""
