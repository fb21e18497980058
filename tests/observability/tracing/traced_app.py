"""An application that does a bit of everything, driven as Lambda does or without it. Run by test_three_backends.py.

Its steps use the API that belongs to the backend: the X-Ray SDK's recorder, OpenTelemetry's tracer, span().
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import boto3
import httpx
from fastapi import FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
from opentelemetry import trace

from observability import lambda_handler, observe, span
from observability.testing import FakeContext
from observability.tracing.botocore import instrument as instrument_botocore
from observability.tracing.httpx import instrument as instrument_httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "1-5759e988-bd862e3fe1be46a994272793"
PARENT = "53995c3f42cd8ad8"
PATHS = ("/nested/7", "/threads", "/stores", "/calls", "/refused", "/broken", "/nowhere", "/otel")


@contextmanager
def step(name: str, **annotations: Any) -> Iterator[None]:
    backend = os.environ["OBSERVABILITY_TRACING"]
    if backend == "xray-sdk":
        from aws_xray_sdk.core import xray_recorder  # noqa: PLC0415 (only where it is the backend)

        with xray_recorder.in_subsegment(name) as subsegment:
            for key, value in annotations.items():
                subsegment.put_annotation(key, value)
            yield
    elif backend == "otel":
        with trace.get_tracer("app").start_as_current_span(name, attributes=annotations):
            yield
    else:
        with span(name, **annotations):
            yield


def make_app(server: str, table: str, dynamodb_url: str) -> FastAPI:
    app = FastAPI()
    observe(app, service="traced")
    add_work(app)
    add_failures(app)
    add_calls(app, server, table, dynamodb_url)
    return app


def add_work(app: FastAPI) -> None:
    @app.get("/nested/{n}")
    async def nested(n: int) -> dict[str, int]:
        with span("outer", n=n), step("middle", deep=True), span("inner") as inner:
            inner.annotate(last="yes")
        return {"n": n}

    @app.get("/threads")
    def threads() -> None:
        async def one(name: str) -> None:
            with step(name):
                await asyncio.sleep(0)
                await run_in_threadpool(pack, f"{name}-thread")

        async def both() -> None:
            await asyncio.gather(one("left"), one("right"))

        with step("in a thread"):
            asyncio.run(both())

    def pack(name: str) -> None:
        with span(name):
            pass


def add_failures(app: FastAPI) -> None:
    @app.get("/refused")
    async def refused() -> None:
        with span("looking"):
            raise HTTPException(404)

    @app.get("/broken")
    async def broken() -> None:
        with step("breaking"), span("deeper"):
            raise ValueError("broken")

    @app.get("/otel")
    async def library() -> None:
        with trace.get_tracer("library").start_as_current_span(
            "ask", kind=trace.SpanKind.CLIENT, attributes={"rpc.system": "grpc", "server.up": True}
        ) as one:
            trace.get_current_span().set_attribute("http.request.method", "POST")
            one.set_attribute("http.response.status_code", 503)
            with span("within"):
                trace.get_current_span().set_attribute("via.api", 1)


def add_calls(app: FastAPI, server: str, table: str, dynamodb_url: str) -> None:
    boto = boto3.Session("test", "test", region_name="eu-central-1").client("dynamodb", endpoint_url=dynamodb_url)
    instrument_botocore(boto)

    @app.get("/stores")
    async def stores() -> None:
        with step("sqlite store"):
            statement = "SELECT 1"
            with (
                span("sqlite", namespace="remote", sql={"database_type": "SQLite", "sanitized_query": statement}),
                sqlite3.connect(":memory:") as connection,
            ):
                connection.execute(statement)
            connection.close()
        with step("dynamodb store"):
            boto.put_item(TableName=table, Item={"id": {"S": "1"}})
            with suppress(boto.exceptions.ConditionalCheckFailedException):
                boto.put_item(TableName=table, Item={"id": {"S": "1"}}, ConditionExpression="attribute_not_exists(id)")

    @app.get("/calls")
    async def calls() -> None:
        async with httpx.AsyncClient() as client:
            instrument_httpx(client)
            with step("asking"):
                await client.get(f"{server}/a?secret=1")


def event(path: str) -> dict[str, Any]:
    """An API Gateway REST event (payload 1.0), as small as may be."""
    about = {"stage": "prod", "path": f"/prod{path}", "identity": {"sourceIp": "192.0.2.1"}, "requestId": f"gw{path}"}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": {"Host": "api.test", "User-Agent": "driver"},
        "queryStringParameters": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": about,
    }


def in_lambda(app: FastAPI) -> None:
    handler = lambda_handler(app)
    for number, path in enumerate(PATHS):
        os.environ["_X_AMZN_TRACE_ID"] = f"Root={ROOT[:-1]}{number};Parent={PARENT};Sampled=1"
        handler(event(path), FakeContext(aws_request_id=f"lambda{path}"))
    os.environ["_X_AMZN_TRACE_ID"] = f"Root={ROOT[:-1]}f;Parent={PARENT};Sampled=0"
    handler(event("/nested/8"), FakeContext())
    handler.close()


async def outside(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        for path in PATHS:
            await client.get(path, headers={"User-Agent": "driver"})
        await client.get("/nested/8", headers={"X-Amzn-Trace-Id": f"Root={ROOT};Parent={PARENT};Sampled=0"})


if __name__ == "__main__":
    where, *places = sys.argv[1:]
    application = make_app(*places)
    if where == "lambda":
        in_lambda(application)
    else:
        asyncio.run(outside(application))
