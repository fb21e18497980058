"""python -m local.aws: the AWS process. The stack starts it; it ends when the stack closes the channel or is gone."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import uvloop

from local.aws.asking import StackCalls
from local.aws.channel import Channel
from local.aws.composition import SCHEMAS, compose, database_path
from local.aws.feed import Feed, Inbox
from local.aws.messages import ANSWER, NOTE, write_json
from local.aws.parts import NICE, Place
from local.aws.ticker import MINUTE_S, SECOND_S, Ticker
from local.database import Database
from local.endpoint.server import Endpoint
from local.errors import LocalError

LAST_S = 20.0  # how long what the stack has sent may take to be kept, once it is gone


class Process:
    """Raises LocalError where the database can't be opened."""

    def __init__(self, place: Place, listener: socket.socket) -> None:
        self._listener = listener
        self._gone = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._channel = Channel(self._take, self._gone.set)
        self._calls = StackCalls(self._channel)
        self._parts = compose(place, Database(database_path(place.folder), SCHEMAS), self._calls, self._tell)
        self._feed = Feed(self._parts, self._tell)
        self._inbox = Inbox(self._feed, self._channel)

    async def run(self, channel: socket.socket) -> None:
        """Until the stack closes the channel, and until what it has sent by then is kept."""
        await self._channel.open(channel)
        self._channel.pause()
        await asyncio.to_thread(self._start_parts)
        self._channel.resume()
        parts = self._parts
        endpoint = Endpoint(parts.services, tell=self._tell, local_actions=parts.local_actions, paths=parts.paths)
        await endpoint.start(self._listener)
        feeding = asyncio.create_task(self._inbox.run())
        tickers = [
            asyncio.create_task(Ticker(SECOND_S, [self._feed.publish, *self._parts.each_second], self._tell).run()),
            asyncio.create_task(Ticker(MINUTE_S, self._parts.each_minute, self._tell).run()),
        ]
        await self._gone.wait()
        self._inbox.end()
        await asyncio.wait([feeding], timeout=LAST_S)
        for ticker in tickers:
            ticker.cancel()
        await asyncio.to_thread(self._feed.publish, 0.0)
        await endpoint.stop(0.1)
        for close in self._parts.closes:
            await asyncio.to_thread(close)

    def _start_parts(self) -> None:
        try:
            self._parts.start()
        except Exception as error:  # noqa: BLE001 - the rest serves all the same, and people read why
            self._tell(f"AWS: what the template says could not be loaded: {error!r}")

    def _take(self, lines: list[bytes]) -> None:
        for line in lines:
            if line[:1] == ANSWER:
                self._calls.answered(line[1:])
            else:
                self._inbox.put(line)

    def _tell(self, text: str) -> None:
        """A line on the stack's terminal. From any thread."""
        self._loop.call_soon_threadsafe(self._channel.send, NOTE, write_json(text))


async def _main(arguments: list[str]) -> int:
    channel, listener, document = int(arguments[0]), int(arguments[1]), json.loads(arguments[2])
    place = Place(
        folder=Path(document["folder"]),
        template=Path(document["template"]),
        parameters=document["parameters"],
        port=document["port"],
        api_url=document["api_url"],
        viewer_url=document["viewer_url"],
        region=document["region"],
    )
    with socket.socket(fileno=channel) as its_end, socket.socket(fileno=listener) as serving:
        try:
            await Process(place, serving).run(its_end)
        except LocalError as error:
            its_end.sendall(NOTE + write_json(str(error)) + b"\n")
            return 1
    return 0


if __name__ == "__main__":
    # Ctrl-C reaches the whole terminal; the stack decides when this ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(_main(sys.argv[1:]))
        sys.stdout.flush()
        # Not sys.exit(): a query that still runs in a thread would be waited for.
        os._exit(code)
