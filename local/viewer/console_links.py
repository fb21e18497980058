"""PURE: a link into CloudWatch's console -> the viewer's page of the same, so that a dashboard's links work here."""

import re
from urllib.parse import quote, unquote

_CONSOLE = re.compile(r"https://(?:[\w-]+\.)?console\.aws\.amazon\.com/(?:cloudwatch|xray)/[^#]*#(?P<place>.*)")
_RUNBOOK = re.compile(r"(?:.*/)?docs/runbook\.md(?P<section>#[\w-]+)?")
_PLACES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"dashboards(?:/dashboard/|:name=)(?P<name>[\w-]+).*"), "/dashboards/{name}"),
    (re.compile(r"dashboards.*"), "/dashboards"),
    (re.compile(r"alarmsV2:alarm/(?P<name>[^/?]+).*"), "/alarms/{name}"),
    (re.compile(r"alarmsV2:.*"), "/alarms"),
    (re.compile(r"logsV2:log-groups/log-group/(?P<name>[^/]+).*"), "/logs?group={name}"),
    (re.compile(r"logsV2:logs-insights.*"), "/logs/insights"),
    (re.compile(r"logsV2:.*"), "/logs"),
    (re.compile(r"xray:traces/(?P<name>1-[0-9a-f]{8}-[0-9a-f]{24}).*"), "/traces/{name}"),
    (re.compile(r"xray:traces.*"), "/traces"),
    (re.compile(r"xray:service-map.*"), "/map"),
)


def own_page(url: str) -> str:
    """The link as it is where the viewer has no such page."""
    if found := _RUNBOOK.fullmatch(url):
        return f"/runbook{found['section'] or ''}"
    console = _CONSOLE.fullmatch(url)
    if console is None:
        return url
    for place, page in _PLACES:
        if found := place.fullmatch(console["place"]):
            name = found.groupdict().get("name") or ""
            return page.format(name=quote(_decoded(name), safe=""))
    return url


def _decoded(text: str) -> str:
    """The console's own encoding: `$252F` is a slash."""
    return unquote(unquote(text.replace("$", "%")))
