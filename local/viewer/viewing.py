"""`python -m local view`: the viewer as a process of its own, for an account or for the laptop."""

import asyncio
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError

from local.errors import SettingError, StartError
from local.run_file import RunFile
from local.viewer.place import Place
from local.viewer.server import ViewerServer


def find_place(folder: Path, profile: str | None, region: str | None, *, runs_widgets: bool = False) -> Place:
    """The account that is named, else what runs in LOCAL_DIR. Raises LocalError."""
    if profile is None and region is None:
        url = RunFile(folder).read().get("aws")
        if url is None:
            raise StartError(f"nothing runs in {folder}: `make run` starts it; --profile and --region show an account")
        return Place(endpoint_url=str(url))
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
    except BotoCoreError as error:
        raise SettingError(f"--profile={profile}: {error}") from None
    if session.region_name is None:
        raise SettingError("no region: --region=eu-west-1 names one")
    return Place(region=session.region_name, profile=profile, runs_widgets=runs_widgets)


async def serve_until_signal(place: Place, sock: socket.socket, tell: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    server = ViewerServer(place, tell=tell)
    await server.start(sock)
    try:
        await ended.wait()
    finally:
        await server.stop()
