"""The clients, a process of their own: python -m benchmarks.aws.load PORT LOAD SECONDS answers in JSON."""

import asyncio
import json
import re
import sys
import time

from benchmarks.aws.requests import LOADS, stamped

CONNECTIONS = 4
HEAD = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Client:
    """One connection that asks again as soon as it is answered; opened again where the server closes it."""

    def __init__(self, port: int, request: bytes) -> None:
        self.answers = self.others = 0
        self._port = port
        self._request = request

    async def run(self, until: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while time.perf_counter() < until:
            writer.write(stamped(self._request, int(time.time() * 1000)))
            head = await reader.readuntil(b"\r\n\r\n")
            if (length := HEAD.search(head)) is None:
                raise RuntimeError(f"an answer without a length: {head!r}")
            await reader.readexactly(int(length[1]))
            good = head.split(b" ", 2)[1] == b"200"
            self.answers, self.others = self.answers + good, self.others + (not good)
            if head.startswith(b"HTTP/1.0") or b"connection: close" in head.lower():
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.close()


async def generate(port: int, load: str, seconds: float) -> dict[str, float]:
    """Answers with 200, others, and the seconds they took together."""
    request = LOADS[load](port)
    clients = [Client(port, request) for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    await asyncio.gather(*(client.run(started + seconds) for client in clients))
    taken = time.perf_counter() - started
    answers, others = sum(one.answers for one in clients), sum(one.others for one in clients)
    return {"answers": answers, "others": others, "seconds": taken}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(generate(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))))
