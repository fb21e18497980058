"""python -m local.viewer LISTENER PLACE: the laptop's viewer process. The stack starts it; it ends with its stdin."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

from local.viewer.place import Place
from local.viewer.server import ViewerServer

NICE = 5  # where the processor is short, requests go first and pages wait


async def _main(listener: int, document: dict[str, str]) -> None:
    place = Place(region=document["region"], endpoint_url=document["aws"], root=Path(document["root"]))
    server = ViewerServer(place, tell=lambda text: sys.stderr.write(f"{text}\n"))
    with socket.socket(fileno=listener) as sock:
        await server.start(sock)
        await asyncio.to_thread(sys.stdin.buffer.read)  # until the stack closes it, or is gone
        await server.stop()


if __name__ == "__main__":
    os.nice(NICE)
    asyncio.run(_main(int(sys.argv[1]), json.loads(sys.argv[2])))
