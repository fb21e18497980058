"""The load generator, a process of its own: python -m benchmarks.load PORT CONNECTIONS SECONDS answers in JSON."""

import asyncio
import json
import sys
import time

from benchmarks.client import Loop


async def generate(port: int, connections: int, seconds: float) -> dict[str, float]:
    """Answers with 200, others, and the seconds they took together."""
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    loops = []
    for _ in range(connections):
        _, one = await loop.create_connection(lambda: Loop(started + seconds), "127.0.0.1", port)
        loops.append(one)
    await asyncio.gather(*(one.ended for one in loops))
    taken = time.perf_counter() - started
    return {"answers": sum(one.answers for one in loops), "others": sum(one.others for one in loops), "seconds": taken}


if __name__ == "__main__":
    port, connections, seconds = sys.argv[1:]
    print(json.dumps(asyncio.run(generate(int(port), int(connections), float(seconds)))))
