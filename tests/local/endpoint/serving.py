"""An endpoint that really listens, and real clients of it."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import botocore.loaders
import botocore.session
from botocore.config import Config

from local.endpoint import Call, Operations
from local.endpoint.server import Endpoint
from local.endpoint.wire import PathAction
from local.ports import bind_tcp

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261126/eu-west-1/{service}/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=00"
)


class OneProtocol(botocore.loaders.Loader):
    """botocore's models, with the services made to speak one protocol, as older clients do."""

    def __init__(self, protocol: str) -> None:
        super().__init__()
        self._protocol = protocol

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        model: dict[str, Any] = dict(super().load_service_model(service_name, type_name, api_version))
        if type_name == "service-2":
            model["metadata"] = {**model["metadata"], "protocol": self._protocol, "protocols": [self._protocol]}
        return model


@dataclass
class Served:
    """An endpoint on a port, the calls that reached its operations, and what it told of bugs."""

    sock: socket.socket = field(default_factory=lambda: bind_tcp(0, "a test's"))
    calls: list[Call] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        port: int = self.sock.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str, protocol: str | None = None) -> Any:
        session: Any = botocore.session.get_session()
        if protocol is not None:
            session.register_component("data_loader", OneProtocol(protocol))
        return session.create_client(
            service,
            region_name="eu-west-1",
            endpoint_url=self.url,
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def post_json(
        self, target: str, body: bytes, service: str = "logs", **more: str
    ) -> tuple[int, Any, dict[str, str]]:
        headers = {
            "X-Amz-Target": target,
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": SIGNED.format(service=service),
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        status, received, answer = self.send("POST", "/", body, headers)
        return status, json.loads(answer) if answer else None, received


@contextmanager
def serving(
    operations: Mapping[str, Operations],
    local_actions: Mapping[str, Any] | None = None,
    served: Served | None = None,
    paths: Mapping[str, PathAction] | None = None,
) -> Iterator[Served]:
    """An endpoint in a thread with a loop of its own."""
    served = served or Served()
    loop = asyncio.new_event_loop()
    endpoint = Endpoint(operations, tell=served.told.append, local_actions=local_actions, paths=paths)
    loop.run_until_complete(endpoint.start(served.sock))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield served
    finally:
        asyncio.run_coroutine_threadsafe(endpoint.stop(0.1), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
