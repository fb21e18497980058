"""PURE: an output's link to what AWS would serve -> the same on the laptop."""

import re

from local.cloudformation.stack import Urls

_API = re.compile(r"https://[\w-]+\.execute-api\.[\w-]+\.amazonaws\.com(?:\.cn)?/\w+")
_DASHBOARD = re.compile(r"https://[\w.-]+/cloudwatch/home\?region=[\w-]+#dashboards/dashboard/(?P<name>[\w-]+)")
_MAP = re.compile(r"https://[\w.-]+/cloudwatch/home\?region=[\w-]+#xray:service-map/map")


def at_home(value: str, urls: Urls) -> str:
    """An API's own URL is the laptop's, a dashboard or the trace map is the viewer's; all else stays as it is."""
    if urls.api:
        value = _API.sub(lambda _found: urls.api, value)
    if urls.viewer and (found := _DASHBOARD.fullmatch(value)):
        return f"{urls.viewer}/dashboards/{found['name']}"
    if urls.viewer and _MAP.fullmatch(value):
        return f"{urls.viewer}/map"
    return value
