"""A dashboard's metrics: the calls of its graphs, all at once."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.viewer.aws import Aws, CallFailed
from local.viewer.dashboards.queries import Batch, Graph, batches

Results = list[Mapping[str, Any]]
MOST_PAGES = 20


async def fetch(aws: Aws, graphs: Iterable[Graph]) -> dict[str, Results | CallFailed]:
    """The results of each graph by its key, or why there are none: one that CloudWatch refuses stops no other."""
    made = batches(graphs)
    answers = await asyncio.gather(*(_of_batch(aws, batch) for batch in made))
    return {key: found for answer in answers for key, found in answer.items()}


async def _of_batch(aws: Aws, batch: Batch) -> Mapping[str, Results | CallFailed]:
    try:
        results = await _results(aws, batch)
    except CallFailed as error:
        if len(batch.graphs) == 1:
            return {batch.graphs[0].key: error}
        alone = [Batch(batch.start_s, batch.end_s, batch.region, [graph]) for graph in batch.graphs]
        answers = await asyncio.gather(*(_of_batch(aws, one) for one in alone))
        return {key: found for answer in answers for key, found in answer.items()}
    return {graph.key: _own(graph, results) for graph in batch.graphs}


async def _results(aws: Aws, batch: Batch) -> Results:
    pages = aws.pages(
        "cloudwatch",
        "GetMetricData",
        limit=MOST_PAGES,
        region=batch.region,
        MetricDataQueries=batch.queries,
        StartTime=datetime.fromtimestamp(batch.start_s, UTC),
        EndTime=datetime.fromtimestamp(batch.end_s, UTC),
        ScanBy="TimestampAscending",
    )
    return [result async for page in pages for result in page["MetricDataResults"]]


def _own(graph: Graph, results: Sequence[Mapping[str, Any]]) -> Results:
    return [result for result in results if result["Id"] in graph.ids]
