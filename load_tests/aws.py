"""What a run reads of AWS, or of the laptop's: log events, traces, and where a function logs."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from load_tests.errors import AwsAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

TRACES_A_CALL = 5
"""The most ids that BatchGetTraces takes (its API page)."""
_REGION = "us-east-1"
"""Where the laptop is, if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where a function logs, and how: its format is "JSON" or "Text"."""

    group: str
    log_format: str


class Aws:
    """`endpoint` is the laptop's; without one it is AWS, with the credentials and region that boto3 finds."""

    def __init__(self, endpoint: str | None = None) -> None:
        import boto3  # noqa: PLC0415 - half a second that only those wait for who ask AWS something
        from botocore.config import Config  # noqa: PLC0415

        # AWS allows some calls only a few times a second: wait and try again.
        config = Config(retries={"mode": "adaptive", "max_attempts": 10})
        session = boto3.Session()
        if endpoint and session.get_credentials() is None:
            session = boto3.Session(aws_access_key_id="laptop", aws_secret_access_key="laptop")  # noqa: S106 - it has none
        region = session.region_name or (_REGION if endpoint else None)
        self._lambda = session.client("lambda", region_name=region, endpoint_url=endpoint or None, config=config)
        self._logs = session.client("logs", region_name=region, endpoint_url=endpoint or None, config=config)
        self._xray = session.client("xray", region_name=region, endpoint_url=endpoint or None, config=config)

    def functions(self) -> list[str]:
        """The names of the functions that are there."""
        with _asking():
            pages = self._lambda.get_paginator("list_functions").paginate()
            return [function["FunctionName"] for page in pages for function in page["Functions"]]

    def log_place(self, function: str) -> LogPlace:
        """Raises AwsAnswerError, as all of these do, where AWS does not answer or refuses."""
        with _asking():
            configuration = self._lambda.get_function_configuration(FunctionName=function)
        logging = configuration.get("LoggingConfig", {})
        return LogPlace(logging.get("LogGroup", f"/aws/lambda/{function}"), logging.get("LogFormat", "Text"))

    def messages(self, group: str, pattern: str, since: datetime, until: datetime) -> Iterator[str]:
        """The messages of a log group that match, in no order."""
        pages = self._logs.get_paginator("filter_log_events").paginate(
            logGroupName=group,
            filterPattern=pattern,
            startTime=int(since.timestamp() * 1000),
            endTime=int(until.timestamp() * 1000),
        )
        with _asking():
            for page in pages:
                for event in page["events"]:
                    yield event["message"]

    def trace_ids(self, since: datetime, until: datetime) -> Iterator[str]:
        """The ids of the traces that began between the two."""
        pages = self._xray.get_paginator("get_trace_summaries").paginate(StartTime=since, EndTime=until)
        with _asking():
            for page in pages:
                for summary in page["TraceSummaries"]:
                    yield summary["Id"]

    def traces(self, ids: Sequence[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The segment documents of each trace that is there."""
        for at in range(0, len(ids), TRACES_A_CALL):
            with _asking():
                answer = self._xray.batch_get_traces(TraceIds=list(ids[at : at + TRACES_A_CALL]))
            for trace in answer["Traces"]:
                yield trace["Id"], [_document(segment["Document"]) for segment in trace["Segments"]]


@contextmanager
def _asking() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise AwsAnswerError(str(error)) from error


def _document(text: str) -> dict[str, Any]:
    document = json.loads(text)
    if not isinstance(document, dict):
        raise AwsAnswerError(f"a segment document is {text[:100]!r}: it must be an object")
    return document
