"""The Runtime API against a client of our own: what the two runtime clients never do wrong, somebody else's may."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from local.lambda_runtime.failures import Failure
from local.lambda_runtime.invocation import Invocation
from local.lambda_runtime.runtime_api import RuntimeApi, Work

ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
WORK = Work(Invocation(ID, b'{"a": 1}', "arn:aws:lambda:us-east-1:123456789012:function:items"), 1542409706888)


class Listener:
    """Remembers what the Runtime API tells."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answers: list[bytes | Failure] = []
        self.init_failures: list[Failure] = []

    def asked_for_work(self) -> None:
        self.asked.set()

    def answered(self, answer: bytes | Failure) -> None:
        self.answers.append(answer)

    def init_failed(self, failure: Failure) -> None:
        self.init_failures.append(failure)


class Client:
    def __init__(self, api: RuntimeApi, listener: Listener, session: aiohttp.ClientSession) -> None:
        self.api, self.listener, self.session = api, listener, session

    async def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        async with self.session.get(f"/2018-06-01/runtime/{path}") as response:
            return response.status, dict(response.headers), await response.read()

    async def post(self, path: str, body: bytes = b"{}", **headers: str) -> tuple[int, dict[str, str]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.post(f"/2018-06-01/runtime/{path}", data=body, headers=named) as response:
            return response.status, json.loads(await response.read())

    async def take(self, work: Work = WORK) -> tuple[int, dict[str, str], bytes]:
        """Asks for work and gets it."""
        asking = asyncio.create_task(self.get("invocation/next"))
        await self.listener.asked.wait()
        self.listener.asked.clear()
        self.api.hand(work)
        return await asking


@asynccontextmanager
async def connected() -> AsyncIterator[Client]:
    listener = Listener()
    api = RuntimeApi(listener)
    address = await api.open()
    async with aiohttp.ClientSession(base_url=f"http://{address}") as session:
        yield Client(api, listener, session)
    await api.close()


def test_next_gives_the_event_and_its_headers() -> None:
    """The headers of "Next invocation" in the AWS page "Using the Lambda runtime API"."""
    work = Work(
        Invocation(ID, b'{"a": 1}', "arn:aws:lambda:us-east-2:123456789012:function:x", "Root=1-2-3", '{"custom":{}}'),
        1542409706888,
    )

    async def story() -> None:
        async with connected() as client:
            status, headers, body = await client.take(work)
            assert status == 200
            assert body == b'{"a": 1}'
            assert headers["Content-Type"] == "application/json"
            assert headers["Lambda-Runtime-Aws-Request-Id"] == ID
            assert headers["Lambda-Runtime-Deadline-Ms"] == "1542409706888"
            assert headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:aws:lambda:us-east-2:123456789012:function:x"
            assert headers["Lambda-Runtime-Trace-Id"] == "Root=1-2-3"
            assert headers["Lambda-Runtime-Client-Context"] == '{"custom":{}}'

    asyncio.run(story())


def test_a_header_without_a_value_is_absent() -> None:
    """No trace and no client context: no such headers."""

    async def story() -> None:
        async with connected() as client:
            _, headers, _ = await client.take()
            assert "Lambda-Runtime-Trace-Id" not in headers
            assert "Lambda-Runtime-Client-Context" not in headers

    asyncio.run(story())


def test_a_response_is_accepted() -> None:
    """POST response: 202 and a status, and the answer is handed on as it is."""

    async def story() -> None:
        async with connected() as client:
            await client.take()
            assert await client.post(f"invocation/{ID}/response", b"SUCCESS") == (202, {"status": "OK"})
            assert client.listener.answers == [b"SUCCESS"]

    asyncio.run(story())


def test_an_error_is_accepted_with_its_cause() -> None:
    """POST error: 202; type and payload from the body, the X-Ray cause from its header."""

    async def story() -> None:
        async with connected() as client:
            await client.take()
            body = b'{"errorMessage":"bad","errorType":"ValueError","stackTrace":[]}'
            cause = {"exceptions": [{"type": "ValueError"}]}
            header = {"Lambda_Runtime_Function_XRay_Error_Cause": json.dumps(cause)}
            assert await client.post(f"invocation/{ID}/error", body, **header) == (202, {"status": "OK"})
            (failure,) = client.listener.answers
            assert isinstance(failure, Failure)
            assert (failure.payload, failure.error_type, failure.message) == (body, "ValueError", "bad")
            assert failure.cause == cause

    asyncio.run(story())


def test_an_error_without_a_body_takes_its_type_from_the_header() -> None:
    """Lambda-Runtime-Function-Error-Type is what remains of an empty or unreadable error."""

    async def story() -> None:
        async with connected() as client:
            await client.take()
            await client.post(
                f"invocation/{ID}/error", b"no json", Lambda_Runtime_Function_Error_Type="Runtime.UnknownReason"
            )
            (failure,) = client.listener.answers
            assert isinstance(failure, Failure)
            assert failure.error_type == "Runtime.UnknownReason"

    asyncio.run(story())


def test_another_request_id_is_refused() -> None:
    """400 InvalidRequestID, and the invocation at hand goes on."""

    async def story() -> None:
        async with connected() as client:
            await client.take()
            refused = await client.post("invocation/00000000-0000-0000-0000-000000000000/response")
            assert refused == (400, {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"})
            assert client.listener.answers == []
            assert (await client.post(f"invocation/{ID}/response"))[0] == 202

    asyncio.run(story())


def test_a_second_answer_is_refused() -> None:
    """403 InvalidStateTransition: an invocation is answered once."""

    async def story() -> None:
        async with connected() as client:
            await client.take()
            await client.post(f"invocation/{ID}/response", b"1")
            status, error = await client.post(f"invocation/{ID}/response", b"2")
            assert (status, error["errorType"]) == (403, "InvalidStateTransition")
            assert client.listener.answers == [b"1"]

    asyncio.run(story())


def test_asking_again_before_answering_is_refused() -> None:
    """403 InvalidStateTransition: one request at a time."""

    async def story() -> None:
        async with connected() as client:
            await client.take()
            status, _, body = await client.get("invocation/next")
            assert (status, json.loads(body)["errorType"]) == (403, "InvalidStateTransition")

    asyncio.run(story())


def test_an_initialisation_error_is_accepted_before_the_first_next_only() -> None:
    """POST init/error: 202 while initialising, 403 afterwards."""

    async def story() -> None:
        async with connected() as client:
            body = b'{"errorMessage":"no module","errorType":"Runtime.ImportModuleError"}'
            assert await client.post("init/error", body) == (202, {"status": "OK"})
            assert [failure.error_type for failure in client.listener.init_failures] == ["Runtime.ImportModuleError"]
            await client.take()
            assert (await client.post("init/error", body))[0] == 403

    asyncio.run(story())


def test_a_response_over_the_limit_is_413() -> None:
    """Over 6,291,556 bytes the client is told RequestEntityTooLarge, whether it names the size beforehand or not."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(7):
            yield b"x" * 1_000_000

    async def story() -> None:
        async with connected() as client:
            for body in (io.BytesIO(b"x" * 6_291_557), chunks()):
                await client.take()
                async with client.session.post(f"/2018-06-01/runtime/invocation/{ID}/response", data=body) as response:
                    assert response.status == 413
                    assert await response.json() == {
                        "errorMessage": "Exceeded maximum allowed payload size (6291556 bytes).",
                        "errorType": "RequestEntityTooLarge",
                    }
            assert [answer.error_type for answer in client.listener.answers if isinstance(answer, Failure)] == [
                "Function.ResponseSizeTooLarge",
                "Function.ResponseSizeTooLarge",
            ]

    asyncio.run(story())


def test_snapstart_is_refused_by_name() -> None:
    """restore/next and restore/error belong to SnapStart, which is not run here."""

    async def story() -> None:
        async with connected() as client:
            status, _, body = await client.get("restore/next")
            assert status == 404
            assert json.loads(body) == {
                "errorMessage": "/2018-06-01/runtime/restore/next: SnapStart is not supported here",
                "errorType": "Runtime.RestoreUnsupported",
            }

    asyncio.run(story())


def test_an_unknown_operation_is_refused_by_name() -> None:
    """A path or method that the Runtime API has not is named."""

    async def story() -> None:
        async with connected() as client:
            status, error = await client.post("invocation/next")
            assert status == 404
            assert error["errorMessage"] == "POST /2018-06-01/runtime/invocation/next: no such operation"

    asyncio.run(story())


def test_each_sandbox_has_a_port_of_its_own_on_loopback() -> None:
    """Two Runtime APIs listen on two ports of 127.0.0.1, and nothing listens after close()."""

    async def story() -> None:
        apis = [RuntimeApi(Listener()) for _ in range(2)]
        addresses = [await api.open() for api in apis]
        assert addresses[0] != addresses[1]
        assert {address.rpartition(":")[0] for address in addresses} == {"127.0.0.1"}
        for api in apis:
            await api.close()
        port = int(addresses[0].rpartition(":")[2])
        refused = False
        try:
            await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            refused = True
        assert refused

    asyncio.run(story())
