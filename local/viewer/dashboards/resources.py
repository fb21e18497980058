"""Metrics explorers of a dashboard: their resources, found by tags, and the metric widgets that they then are."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from local.errors import LocalError
from local.viewer.aws import Aws
from local.viewer.dashboards.explorer import Resource, as_metric_widget, read_resource, resource_request
from local.viewer.dashboards.plan import Widget


async def with_explorers(aws: Aws, widgets: Sequence[Widget]) -> list[Widget]:
    """The widgets, explorers as the metric widgets that show them, or with the reason why there is none."""
    return list(await asyncio.gather(*(_shown(aws, widget) for widget in widgets)))


async def _shown(aws: Aws, widget: Widget) -> Widget:
    if widget.kind != "explorer" or widget.problem:
        return widget
    try:
        found = await aws.listed(
            "resourcegroupstaggingapi",
            "GetResources",
            "ResourceTagMappingList",
            carries_on="PaginationToken",
            **resource_request(widget.properties),
        )
        return as_metrics(widget, [read_resource(mapping) for mapping in found])
    except LocalError as error:
        return replace(widget, problem=str(error))


def as_metrics(widget: Widget, resources: Sequence[Resource]) -> Widget:
    return replace(widget, kind="metric", properties=as_metric_widget(widget.properties, resources))
