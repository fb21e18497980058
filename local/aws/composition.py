"""What the AWS process is made of. Another room is a line here."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from local.aws.asking import StackCalls
from local.aws.log_volume import LogVolume
from local.aws.parts import Parts, Place
from local.cloudformation import Known, Stacks, Urls
from local.cloudwatch.alarms import SCHEMA as ALARMS
from local.cloudwatch.alarms import Alarms
from local.cloudwatch.dashboards import SCHEMA as DASHBOARDS
from local.cloudwatch.dashboards import Dashboards
from local.cloudwatch.logs import SCHEMA as LOGS
from local.cloudwatch.logs import Logs, StoredBatch
from local.cloudwatch.metrics import SCHEMA as METRICS
from local.cloudwatch.metrics import EmfBatch, Metrics
from local.database import Database
from local.lambda_api.operations import operations as lambda_operations
from local.monitoring import SCHEMA as MONITORING
from local.monitoring import Loader, Record, Source, known_arns, known_queries
from local.sns import SCHEMA as SNS
from local.sns import Sns
from local.xray import SCHEMA as XRAY
from local.xray import Traces, otlp_paths

DATABASE = "aws.sqlite3"
SCHEMAS: tuple[str, ...] = (ALARMS, DASHBOARDS, LOGS, METRICS, MONITORING, SNS, XRAY)

Tell = Callable[[str], None]


def database_path(folder: Path) -> Path:
    return folder / DATABASE


def compose(place: Place, database: Database, stack: StackCalls, tell: Tell) -> Parts:
    """`stack` answers what only the stack can: Lambda's API. `tell` prints a line on its terminal."""
    parts = Parts()
    parts.offer("lambda", lambda_operations(stack))
    sns = _notifications(parts, place, database, tell)
    metrics = _metrics(parts, database)
    _logs(parts, database, metrics)
    _alarms(parts, database, metrics, sns)
    _traces(parts, database)

    _stacks(parts, place, database, tell)

    def reset() -> dict[str, bool]:
        parts.reset()
        return {"emptied": True}

    parts.local_actions["reset"] = reset
    return parts


def _notifications(parts: Parts, place: Place, database: Database, tell: Tell) -> Sns:
    sns = Sns(database, place.url, tell)
    parts.offer("sns", sns.operations())
    parts.resets.append(sns.reset)
    parts.local_actions["messages"] = lambda: {"Messages": sns.messages()}
    return sns


def _metrics(parts: Parts, database: Database) -> Metrics:
    metrics = Metrics(database, time.time)
    parts.offer("cloudwatch", metrics.operations())
    parts.metrics.append(metrics)
    parts.each_minute.append(_without_time(metrics.expire))
    parts.resets.append(metrics.reset)
    return metrics


def _logs(parts: Parts, database: Database, metrics: Metrics) -> None:
    """Each stored event is looked at for EMF, and counted, as CloudWatch does."""
    volume = LogVolume(database, metrics)

    def extract(batches: Sequence[StoredBatch]) -> None:
        metrics.put_emf_batches(EmfBatch(batch.group, batch.events) for batch in batches)
        volume.add(batches, time.time())

    logs = Logs(database, time.time, metrics, extract)
    parts.offer("logs", logs.operations())
    parts.logs.append(logs)
    parts.each_minute.append(_without_time(logs.expire))
    parts.resets.append(logs.reset)
    parts.closes.append(logs.close)


def _alarms(parts: Parts, database: Database, metrics: Metrics, sns: Sns) -> None:
    def notify(topic_arn: str, subject: str, message: str) -> None:
        sns.publish(topic_arn, subject, message)

    alarms = Alarms(database, metrics, time.time, notify)
    dashboards = Dashboards(database, time.time)
    parts.offer("cloudwatch", alarms.operations())
    parts.offer("cloudwatch", dashboards.operations())
    parts.each_second.append(_without_time(alarms.tick))
    parts.each_minute.append(_without_time(alarms.expire))
    parts.resets += [alarms.reset, dashboards.reset]

    def evaluate() -> dict[str, bool]:
        alarms.evaluate()
        return {"evaluated": True}

    parts.local_actions["evaluate"] = evaluate


def _traces(parts: Parts, database: Database) -> None:
    traces = Traces(database, time.time)
    parts.offer("xray", traces.operations())
    parts.paths |= otlp_paths(traces, time.time)
    parts.traces.append(traces)
    parts.resets.append(traces.reset)
    parts.each_second += [_without_time(traces.settle), _without_time(traces.add_up)]
    parts.each_minute.append(_without_time(traces.expire))


def _stacks(parts: Parts, place: Place, database: Database, tell: Tell) -> None:
    """The template's resources of CloudWatch and X-Ray are loaded; CloudFormation tells what is there."""
    services, region = parts.services, place.region
    record = Record(database)
    loader = Loader(Source(place.template, place.parameters, region), services, tell, record)
    parts.starts.append(loader.load)
    parts.resets.append(record.reset)
    stacks = Stacks(
        place.template,
        place.parameters,
        region=region,
        urls=Urls(place.api_url, place.viewer_url),
        known=lambda: Known(known_queries(services, region), loader.failures(), known_arns(services, region)),
    )
    parts.offer("cloudformation", stacks.operations())


def _without_time(work: Callable[[], Any]) -> Callable[[float], None]:
    """The rooms have a clock of their own."""

    def tick(_now: float) -> None:
        work()

    return tick
