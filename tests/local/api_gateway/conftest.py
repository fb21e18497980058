import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from local.api_gateway import Front, FrontOptions, RestApi
from tests.local.api_gateway.serving import API, Function, Handler, Kept, Serve, Served, echo


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts fronts in an event loop of their own thread; stops them all, and no task is left."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    fronts: list[Front] = []

    def run(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(30)

    def start(handler: Handler = echo, api: RestApi = API, **options: Any) -> Served:
        kept, function = Kept(), Function(handler)
        chosen = FrontOptions(**options)
        front = Front(api, function, segments=kept, on_request=kept.records.append, options=chosen)
        sock = socket.create_server(("127.0.0.1", 0))
        run(front.start(sock))
        fronts.append(front)
        return Served(sock.getsockname()[1], function, kept)

    async def left() -> int:
        return len(asyncio.all_tasks()) - 1

    yield start
    for front in fronts:
        run(front.stop(grace_s=0.1))
    tasks = run(left())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    assert tasks == 0
