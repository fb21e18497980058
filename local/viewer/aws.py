"""AWS, read only: boto3's clients behind a table of what may be called."""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.errors import LocalError
from local.viewer.allowed import ALLOWED
from local.viewer.place import Place

THREADS = 16
# The local AWS answers in milliseconds or not at all; an account's API may be far away and throttle.
_LAPTOP = Config(connect_timeout=2, read_timeout=60, retries={"total_max_attempts": 1}, max_pool_connections=THREADS)
_ACCOUNT = Config(
    connect_timeout=5, read_timeout=60, retries={"mode": "standard", "max_attempts": 3}, max_pool_connections=THREADS
)


class CallFailed(LocalError):
    """A call of AWS did not succeed. `operation` is `logs:FilterLogEvents`, `code` AWS's own error code or, where no
    answer came, botocore's name of what happened (`EndpointConnectionError`); `members` what AWS's error has beside
    its message, such as queryCompileError.
    """

    def __init__(
        self, operation: str, code: str, message: str, advice: str = "", members: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{operation} failed: {code}: {message}")
        self.operation = operation
        self.code = code
        self.message = message
        self.advice = advice
        self.members = members or {}


class NotAllowed(LocalError):
    """The viewer asked for an operation that isn't in the table of those that only read."""


class Aws:
    """Calls from any task; each runs in a thread. Clients are made at their first use and kept."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="aws")
        self._lock = threading.Lock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str], Any] = {}

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for client in self._clients.values():
            client.close()

    async def call(
        self, service: str, operation: str, *, region: str | None = None, **parameters: Any
    ) -> Mapping[str, Any]:
        """`await aws.call("cloudwatch", "GetMetricData", ...)`: botocore's names, boto3's parameters and answer.
        Without `region` it is the place's own.

        Raises NotAllowed for what doesn't only read, CallFailed when AWS refuses or does not answer.
        """
        if operation not in ALLOWED.get(service, ()):
            raise NotAllowed(
                f"{service}:{operation} is not among the operations that the viewer may call: they only read"
            )
        return await self._in_thread((service, region or self.place.region), operation, parameters)

    async def run_function(self, function: str, payload: bytes, most_bytes: int) -> tuple[bytes, bool]:
        """What a custom widget's function answers, of that so many bytes, and whether it failed; its region is the
        ARN's, if it is one. What it does, the viewer can't know: it is asked for by a reader alone.

        Raises NotAllowed where the viewer was not started so that it may, CallFailed.
        """
        if not self.place.may_run_widgets:
            raise NotAllowed("the viewer only reads: --run-custom-widgets lets it run a widget's function")
        parts = function.split(":")
        region = parts[3] if len(parts) > 6 else self.place.region
        answer = await self._in_thread(("lambda", region), "Invoke", {"FunctionName": function, "Payload": payload})
        read = answer["Payload"].read
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, read, most_bytes
        ), "FunctionError" in answer

    async def _in_thread(
        self, where: tuple[str, str], operation: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._call, where, operation, parameters)

    async def pages(
        self, service: str, operation: str, *, carries_on: str = "NextToken", limit: int = 20, **parameters: Any
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Its pages, at most `limit` of them; `carries_on` is the member that says so (Logs has `nextToken`)."""
        for _ in range(limit):
            page = await self.call(service, operation, **parameters)
            yield page
            if not page.get(carries_on):
                return
            parameters[carries_on] = page[carries_on]

    async def listed(self, service: str, operation: str, member: str, **options: Any) -> list[Any]:
        """What `member` holds in all of its pages, together."""
        found: list[Any] = []
        async for page in self.pages(service, operation, **options):
            found += page.get(member, ())
        return found

    def _call(self, where: tuple[str, str], operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        name = f"{where[0]}:{operation}"
        try:
            client = self._client(where)
            answer: Mapping[str, Any] = getattr(client, _method(client, operation))(**parameters)
        except ClientError as error:
            said = error.response.get("Error", {})
            code, message = said.get("Code", "Unknown"), said.get("Message", str(error))
            raise CallFailed(name, code, message, members=error.response) from None
        except BotoCoreError as error:
            raise CallFailed(name, type(error).__name__, str(error), self._advice(error)) from None
        return answer

    def _client(self, where: tuple[str, str]) -> Any:
        with self._lock:  # boto3's sessions are not thread-safe, its clients are
            if where not in self._clients:
                self._clients[where] = self._new_client(*where)
            return self._clients[where]

    def _new_client(self, service: str, region: str) -> Any:
        place = self.place
        if self._session is None:
            # The laptop's credentials are made up: no file of the person's own is read, none can be sent anywhere.
            self._session = (
                boto3.Session("local", "local") if place.is_laptop else boto3.Session(profile_name=place.profile)
            )
        options: dict[str, Any] = {"config": _LAPTOP if place.is_laptop else _ACCOUNT}
        if place.is_laptop:
            options["endpoint_url"] = place.endpoint_url
        return self._session.client(service, region_name=region, **options)  # type: ignore[call-overload]

    def _advice(self, error: BotoCoreError) -> str:
        name = type(error).__name__
        if "Connect" in name and self.place.is_laptop:
            return "The local AWS does not answer: is `make run` still running?"
        if "Credentials" in name or "Token" in name or "Profile" in name:
            return "Sign in again, or name another profile: python -m local view --profile NAME --region REGION"
        return ""


def _method(client: Any, operation: str) -> str:
    names: Mapping[str, str] = client.meta.method_to_api_mapping
    return next(method for method, api in names.items() if api == operation)
