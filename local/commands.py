"""The five commands. Each ends with an exit code and, if it fails, one line on stderr."""

import argparse
import asyncio
import io
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import datetime

import uvloop

from local.errors import LocalError, StartError
from local.files import DATA, DATABASES, LOGS, REJECTED, REQUESTS, count_lines
from local.ports import LOOPBACK, bind_tcp
from local.run_file import LOCK, RunFile
from local.settings import Settings, add_options, misnamed
from local.stack import Stack
from local.terminal import Terminal, wants_colours

NOT_RUNNING = 3  # the exit code of `status` when nothing runs, as init scripts have it
STOP_PATIENCE_S = 30.0


def run(arguments: list[str], environ: Mapping[str, str] = os.environ) -> int:
    options = vars(_parser().parse_args(arguments))
    command = options.pop("command")
    account = (options.pop("profile", None), options.pop("region", None))
    runs_widgets = options.pop("run_custom_widgets", False)
    for sentence in misnamed(environ):
        _to_stderr(f"local: {sentence}")
    try:
        if command == "view":
            return view(Settings.from_env(environ, options), account, runs_widgets=runs_widgets)
        return COMMANDS[command](Settings.from_env(environ, options), environ)
    except LocalError as error:
        sys.stderr.write(f"local: {error}\n")
        return 1


def up(settings: Settings, environ: Mapping[str, str]) -> int:
    """Serves until Ctrl-C or SIGTERM."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without Unicode shows escapes, not an error
    terminal = Terminal(sys.stdout, colours=wants_colours(sys.stdout, environ), verbose=settings.verbose)
    # Every request passes this process three times: uvloop's event loop takes a fifth less of the processor for it.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Stack(settings, environ, terminal).run())
    return 0


def down(settings: Settings, _environ: Mapping[str, str]) -> int:
    """Stops what runs in LOCAL_DIR and waits for its end."""
    run_file = RunFile(settings.dir)
    if not run_file.is_held():
        sys.stdout.write(f"nothing runs in {settings.dir}\n")
        return 0
    pid = run_file.read().get("pid")
    if not run_file.stop_holder(STOP_PATIENCE_S):
        raise StartError(f"pid {pid} in {settings.dir} did not stop within {STOP_PATIENCE_S:g} s")
    sys.stdout.write(f"stopped pid {pid}\n")
    return 0


def status(settings: Settings, _environ: Mapping[str, str]) -> int:
    """What runs in LOCAL_DIR, and what it has kept. Exit code 3 when nothing runs."""
    run_file = RunFile(settings.dir)
    held = run_file.is_held()
    found = run_file.read()
    if held and found:
        since = datetime.fromtimestamp(found["started"]).astimezone().isoformat(sep=" ", timespec="seconds")
        sys.stdout.write(f"running    pid {found['pid']} since {since}\n")
        sys.stdout.write(f"API        {found['api']}\nX-Ray      udp {found['xray']}\nAWS        {found['aws']}\n")
        sys.stdout.write(f"viewer     {found['viewer']}\n")
    else:
        sys.stdout.write(f"{'starting' if held else 'nothing runs'} in {settings.dir}\n")
    requests, rejected = count_lines(settings.dir / REQUESTS), count_lines(settings.dir / REJECTED)
    sys.stdout.write(f"kept       {requests} requests, {rejected} rejected datagrams in {settings.dir}/\n")
    return 0 if held else NOT_RUNNING


def reset(settings: Settings, _environ: Mapping[str, str]) -> int:
    """Removes logs, traces, requests and databases from LOCAL_DIR; refused while something runs there."""
    folder = settings.dir
    if not (folder / LOCK).exists():
        sys.stdout.write(f"nothing was ever run in {folder}\n")
        return 0
    run_file = RunFile(folder)
    run_file.take()
    try:
        shutil.rmtree(folder / LOGS, ignore_errors=True)
        for path in [folder / name for name in DATA] + [path for glob in DATABASES for path in folder.glob(glob)]:
            path.unlink(missing_ok=True)
    finally:
        run_file.release()
    sys.stdout.write(f"emptied {folder}\n")
    return 0


def view(settings: Settings, account: tuple[str | None, str | None], *, runs_widgets: bool = False) -> int:
    """Shows the pages of an account (--profile, --region), or of what runs in LOCAL_DIR, until Ctrl-C."""
    # Not at the top: `up` needs no boto3, which takes its time to be imported.
    from local.viewer.viewing import find_place, serve_until_signal  # noqa: PLC0415

    place = find_place(settings.dir, *account, runs_widgets=runs_widgets)
    reads = "runs custom widgets when asked" if place.runs_widgets else "read only"
    with bind_tcp(settings.viewer_port, "LOCAL_VIEWER_PORT") as sock:
        sys.stdout.write(f"viewer     http://{LOOPBACK}:{sock.getsockname()[1]}  ({place.title}, {reads})\n")
        sys.stdout.flush()
        asyncio.run(serve_until_signal(place, sock, _to_stderr))
    return 0


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")


COMMANDS: Mapping[str, Callable[[Settings, Mapping[str, str]], int]] = {
    "up": up,
    "down": down,
    "status": status,
    "reset": reset,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=f"{__package__}: AWS on a laptop")
    commands = parser.add_subparsers(dest="command", required=True, metavar="|".join([*COMMANDS, "view"]))
    for name, command in COMMANDS.items():
        add_options(commands.add_parser(name, help=command.__doc__, description=command.__doc__))
    viewing = commands.add_parser("view", help=view.__doc__, description=view.__doc__)
    add_options(viewing)
    viewing.add_argument("--profile", help="the account's profile in ~/.aws; default: boto3's own")
    viewing.add_argument("--region", help="its region; default: the profile's")
    leave = "a reader may have a custom widget run its Lambda function; without it the viewer only reads"
    viewing.add_argument("--run-custom-widgets", action="store_true", help=leave)
    return parser
